// Both sides of a plan: what the recovery point has, and what the cluster has.
#pragma once

#include <string>

#include "base/context.h"
#include "kube/api.h"
#include "restore/facts.h"
#include "restore/inventory.h"
#include "restore/options.h"
#include "restore/patience.h"
#include "restore/request.h"

namespace salvor::restore {

struct PlanInputs {
  Inventory inventory;
  ClusterFacts facts;
};

// Reads them beside one another: one waits for the cluster, the other needs a core. Fails as
// unpack() and gather_facts() do.
Result<PlanInputs> read_plan_inputs(Context& context, const archive::Source& source,
                                    const Request& request, const Options& options,
                                    const std::string& scratch_folder, kube::Api& api,
                                    const Patience& patience);

}  // namespace salvor::restore
