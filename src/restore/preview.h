// The preview of a restore: plan, forecast of each item, findings, and a hash over all that decides
// what will be done, so that a run can hold to exactly this plan.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/context.h"
#include "kube/api.h"
#include "restore/forecast.h"
#include "restore/inventory.h"
#include "restore/patience.h"
#include "restore/plan.h"
#include "restore/preview_checks.h"
#include "restore/request.h"
#include "restore/runner.h"

namespace salvor::restore {

struct Preview {
  Plan plan;
  RenderContext render;
  std::vector<Forecast> forecasts;  // by step number
  std::vector<PlanCheck> checks;
  std::string suggested_modifiers;  // the definition's, with the free texts rewritten
  std::string hash;                 // hex
  ClusterFacts facts;
  std::map<ObjectName, std::size_t> named;    // what items need from outside the plan
  std::map<ObjectName, std::size_t> missing;  // and the target does not have
};

// Reads what else it shows from the cluster, and changes nothing in it. Fails as make_plan() does.
Result<Preview> preview(Context& context, kube::Api& api, const Request& request,
                        const Inventory& inventory, ClusterFacts facts, const Options& options,
                        const Patience& patience, const std::string& scratch_folder);

// Corrects a preview by what the API server says in dry runs (server_opinion.h). The hash stays: it
// is of what will be done.
Result<void> ask_server(Context& context, kube::Api& api, const Inventory& inventory,
                        const Patience& patience, Runner& runner, Preview& made);

// The stored fields of a kuberestoreplanitems row, and of the kuberestoreplans document.
Json preview_row(const Step& step, const Forecast& forecast, const std::string& plan_id);
Json preview_document(const Preview& made);

}  // namespace salvor::restore
