#include "restore/plan_inputs.h"

#include <future>

#include "restore/gather.h"

namespace salvor::restore {

Result<PlanInputs> read_plan_inputs(Context& context, const archive::Source& source,
                                    const Request& request, const Options& options,
                                    const std::string& scratch_folder, kube::Api& api,
                                    const Patience& patience) {
  std::stop_source stop;
  const std::stop_callback relay(context.stop, [&stop] { stop.request_stop(); });
  auto facts = std::async(std::launch::async, [&] {
    Context asking = context.stopped_by(stop.get_token());
    return gather_facts(asking, api, patience);
  });
  auto inventory = unpack(context, source, request.seal, options, scratch_folder);
  // What the cluster says is of no use without the backup, and it may take a minute to say it.
  if (!inventory.ok()) stop.request_stop();
  auto gathered = facts.get();
  if (!inventory.ok()) return std::move(inventory).error();
  attach(request.claims, inventory->items);
  if (!gathered.ok()) return std::move(gathered).error();
  return PlanInputs{std::move(inventory).value(), std::move(gathered).value()};
}

}  // namespace salvor::restore
