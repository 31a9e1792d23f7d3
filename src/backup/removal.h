// The DELETE_BACKUP job: removes a recovery point, its archive, its volumes' data and its
// inventory.
#pragma once

#include "backup/copy_job.h"
#include "jobs/engine.h"

namespace salvor::backup {

// Idempotent: the archive goes first, then one transaction removes the recovery point and its rows,
// so that a crash in between leaves a point in state DELETING, which the next run finishes.
jobs::JobKind removal_kind(CopyPorts ports);

}  // namespace salvor::backup
