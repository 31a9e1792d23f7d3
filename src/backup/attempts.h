// The traces of a job's attempts: an archive in the store and a PENDING recovery point in the
// catalog each. The point is written before the archive is begun, so every archive is known.
#pragma once

#include <string>

#include "base/context.h"
#include "catalog/catalog.h"
#include "objectstore/store.h"

namespace salvor::backup {

// "backup-<recovery point>": each attempt has an archive of its own. So a process that lost its
// lease without noticing it cannot meet the archive of the one that went on.
std::string archive_name(const std::string& recovery_point_id);

// Removes the archives of a job's attempts that are PENDING. Those are attempts before the
// caller's: a later one is not yet there to be found, and a READY one is not looked for.
Result<void> remove_archives(Context& context, catalog::Catalog& catalog, objectstore::Store& store,
                             const std::string& job_id);
// Removes the job's recovery points that never became READY.
catalog::Change remove_pending(const std::string& job_id);

}  // namespace salvor::backup
