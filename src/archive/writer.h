// Writes a backup's Kubernetes objects into an object store in Velero's layout (format 1.1.0), so
// that Velero can read it: backups/<name>/<name>.tar.gz, its companions, and velero-backup.json
// last of all, whose presence makes it a backup.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "archive/item.h"
#include "archive/seal.h"
#include "base/context.h"
#include "base/json.h"
#include "base/result.h"
#include "objectstore/store.h"

namespace salvor::archive {

// What velero-backup.json says of a backup.
struct BackupDescription {
  std::string name;  // also the folder's name; DNS subdomain
  EpochSeconds start_time = 0;
  EpochSeconds end_time = 0;
  EpochSeconds expiration = 0;                   // 0: none
  std::vector<std::string> included_namespaces;  // empty: all
  std::map<std::string, std::string> label_selector;
  std::string source_git_version, source_major, source_minor;
  std::uint64_t items = 0;
  std::uint64_t errors = 0, warnings = 0;
  std::string volume_info = "[]";  // companion <name>-volumeinfo.json.gz
};

// One backup being written. Memory does not grow with the number of items. One thread at a time.
// Destroyed without finish() it removes what it wrote.
class Writer {
 public:
  static Result<std::unique_ptr<Writer>> create(Context& context, objectstore::Store& store,
                                                const std::string& name);
  virtual ~Writer() = default;
  // `kind` such as "Deployment"; `json` is the object's compact text. Items of one group_resource
  // come together.
  virtual Result<void> add(Context& context, const ItemName& item, const std::string& kind,
                           std::string_view json) = 0;
  // A further copy of an item in another served version, item.version, for a target that does not
  // serve the first one's. Not counted as an item.
  virtual Result<void> add_version(Context& context, const ItemName& item,
                                   std::string_view json) = 0;
  // A line of the backup's log (companion <name>-logs.gz).
  virtual void log(const std::string& line) = 0;
  virtual Result<ArchiveSeal> finish(Context& context, const BackupDescription& description) = 0;
};

// Fails with denied, and removes nothing, when the backup is locked. Removes its folder;
// velero-backup.json first, so that a half-removed one is no backup.
Result<void> remove_backup(Context& context, objectstore::Store& store, const std::string& name);

}  // namespace salvor::archive
