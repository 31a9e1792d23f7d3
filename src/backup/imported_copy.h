// What stands beside the objects of a copy, made into rows of a catalog that does not know it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "backup/copied_objects.h"
#include "base/context.h"
#include "base/json.h"
#include "volume/copy_access.h"

namespace salvor::backup {

struct ImportedCopy {
  std::string point_id;
  Json point;  // its document; what other documents it named is only in it when it is a name
  std::vector<CatalogRows> rows;
};

// The recovery point whose objects such a snapshot has; "" when the label does not say.
std::string point_of(const volume::FilesLabel& label);

// Reads it. Fails with corrupt when it is damaged or not what copy_objects() writes.
Result<ImportedCopy> read_imported(Context& context, const volume::CopyAccess& access,
                                   const volume::LabelledFiles& files);

// Where the importing server has it.
struct ImportPlace {
  std::string object_store;
  std::string cluster;
  Json location;
};
// The document as it is to be inserted.
Json imported_point(const ImportedCopy& copy, const ImportPlace& place, EpochSeconds now);

}  // namespace salvor::backup
