#include "restore/plan_inputs.h"

#include <future>

#include "restore/gather.h"

namespace salvor::restore {

Result<PlanInputs> read_plan_inputs(Context& context, objectstore::Store& store,
                                    const archive::ArchiveSeal& seal, const Options& options,
                                    const std::string& scratch_folder, kube::Api& api,
                                    const Patience& patience) {
  auto facts = std::async(std::launch::async, [&context, &api, &patience] {
    return gather_facts(context, api, patience);
  });
  TRY(Inventory inventory, unpack(context, store, seal, options, scratch_folder));
  TRY(ClusterFacts gathered, facts.get());
  return PlanInputs{std::move(inventory), std::move(gathered)};
}

}  // namespace salvor::restore
