// The RESTORE_PLAN job: archive → inventory → facts → preview, saved for people and for a run that
// holds to it. Writes nothing to the cluster.
#pragma once

#include "jobs/engine.h"
#include "restore/job.h"

namespace salvor::restore {

// The REST resources of the plans and of their items.
inline constexpr const char* kPlans = "kuberestoreplans";
inline constexpr const char* kPlanItems = "kuberestoreplanitems";

jobs::JobKind plan_kind(Ports ports);

// The same as part of a job of another kind, as run_restore(). The rows of kPlanItems are there
// when it returns; the document of kPlans is made by the changes of its end.
Result<jobs::JobEnd> run_plan(const Ports& ports, jobs::JobRun& run);

}  // namespace salvor::restore
