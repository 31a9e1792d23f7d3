// Asks the API server what it would say to a plan's writes, by dry runs, which change nothing: its
// admission plugins, webhooks and policies have their say before the restore.
#pragma once

#include <functional>
#include <vector>

#include "base/context.h"
#include "kube/api.h"
#include "restore/forecast.h"
#include "restore/inventory.h"
#include "restore/patience.h"
#include "restore/plan.h"
#include "restore/runner.h"

namespace salvor::restore {

// Corrects the forecasts of objects that would be made and whose kind and namespace are there
// already; the others keep theirs, marked as not predictable. Stopped by the context. The runner
// must be idle.
Result<void> ask_server(Context& context, kube::Api& api, const Plan& plan,
                        const Inventory& inventory, const ClusterFacts& facts,
                        const RenderContext& render, const Patience& patience, Runner& runner,
                        std::vector<Forecast>& forecasts);

}  // namespace salvor::restore
