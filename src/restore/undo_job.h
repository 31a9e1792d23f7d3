// The RESTORE_UNDO job: takes back what one run of a restore did, item by item, where nobody has
// changed it since. Its rows are kuberestoreitems too, under its own job.
#pragma once

#include "jobs/engine.h"
#include "restore/job.h"

namespace salvor::restore {

jobs::JobKind undo_kind(Ports ports);

}  // namespace salvor::restore
