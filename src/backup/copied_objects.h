// The objects of a copy: one more snapshot of the repository that has its volumes. Its files are
// those of the source's tarball, and beside them what the catalog says of the copy, so that the
// repository alone tells all of it.
#pragma once

#include <string>
#include <vector>

#include "archive/seal.h"
#include "base/context.h"
#include "base/json.h"
#include "objectstore/store.h"
#include "volume/copy_access.h"

namespace salvor::backup {

// The path that all snapshots of objects have; no claim's has only one part.
inline constexpr const char* kObjectsPath = "/objects";
// The folder in it with what the catalog says; no tarball has such a folder.
inline constexpr const char* kCatalogFolder = "salvor";

// The rows of one resource.
struct CatalogRows {
  std::string resource;
  std::vector<Json> rows;
};

struct ObjectsToCopy {
  std::string point_id;      // of the copy
  std::string cluster_name;  // the snapshot's host
  Json point;                // the copy's document
  std::vector<CatalogRows> rows = {};
};

// Saves them, in place of what an earlier try saved. Fails with corrupt when the source's tarball
// is not what its seal says; then no snapshot is made.
Result<archive::ArchiveSeal> copy_objects(Context& context, objectstore::Store& from,
                                          const archive::ArchiveSeal& seal,
                                          const volume::CopyAccess& to, const ObjectsToCopy& what);

}  // namespace salvor::backup
