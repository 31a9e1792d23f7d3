// Where things stand in Velero's layout: the objects of a backup in the store, and the files in its
// tarball. https://velero.io/docs/main/output-file-format/
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "archive/item.h"
#include "base/result.h"

namespace salvor::archive {

// "backups/<name>/", under which all objects of the backup stand.
std::string backup_folder(const std::string& name);
// The object whose presence makes a folder a backup.
std::string description_object(const std::string& name);
std::string tarball_object(const std::string& name);
// "backups/<name>/<name>-<what>", such as what = "logs.gz".
std::string companion_object(const std::string& name, const std::string& what);

// The file that holds the format's version, and the version that we write.
inline constexpr std::string_view kVersionFile = "metadata/version";
inline constexpr std::string_view kFormatVersion = "1.1.0";

// "resources/<group_resource>/namespaces/<namespace>/<name>.json" or ".../cluster/<name>.json".
std::string item_path(const ItemName& item);
// The second copy's: the same below ".../<version>-preferredversion/".
std::string preferred_item_path(const ItemName& item);
// Of a copy in another served version: the same below ".../<version>/".
std::string version_item_path(const ItemName& item);

// Whether each part of the name can stand in a path without leading elsewhere.
bool is_safe(const ItemName& item);

// The item that a file of the tarball is a copy of, without its version for a first copy, with it
// for one in another version; nothing for second copies and for files that are no items. Fails with
// corrupt when the path could lead out of the folder that a tarball is unpacked into: absolute, or
// with an empty, "." or ".." segment.
Result<std::optional<ItemName>> parse_item_path(std::string_view path);

}  // namespace salvor::archive
