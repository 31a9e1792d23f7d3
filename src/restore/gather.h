// Reads the facts that the planner needs from a cluster. Writes nothing.
#pragma once

#include "base/context.h"
#include "kube/api.h"
#include "restore/facts.h"
#include "restore/patience.h"

namespace salvor::restore {

// What the account may not read is left empty only where the plan can do without; else it fails
// with denied and says which kind. A cluster that does not answer is waited for.
Result<ClusterFacts> gather_facts(Context& context, kube::Api& api, const Patience& patience = {});

}  // namespace salvor::restore
