// The IMPORT_COPIES job: makes known to the catalog what copies an object store has, by what stands
// beside their objects. So a server that lost its catalog, or another one, can restore them.
#pragma once

#include "backup/copy_job.h"
#include "jobs/engine.h"

namespace salvor::backup {

// What it promises: each copy comes into the catalog whole, in one transaction, or not at all; one
// that is there already is left as it is, so it can be run again at any time. Nothing is written
// into the store but locks. A copy that cannot be read is named, and makes the job PARTIAL.
// Copies whose retention is over come without an end, so that nothing removes them at once.
jobs::JobKind import_kind(CopyPorts ports);

}  // namespace salvor::backup
