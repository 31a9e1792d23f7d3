// What a claim's step does besides writing it: offers the snapshot that the claim is filled from,
// and waits until a volume is bound to it.
#pragma once

#include <functional>
#include <string>

#include "base/context.h"
#include "kube/api.h"
#include "restore/patience.h"
#include "restore/plan.h"
#include "volume/marks.h"
#include "volume/movers.h"
#include "volume/transfer.h"
#include "volume/transfer_options.h"

namespace salvor::restore {

// What filling from copies needs.
struct FillPorts {
  volume::MoverPlace place = {};
  Json repository = {};  // for a mover's order; holds secrets
  volume::TransferOptions options = {};
  // Told by any thread what has become of a step's volume; its error ends the filling.
  std::function<Result<void>(const Step& step, const volume::Transfer& transfer)> on_transfer = {};
};

// Any thread may call. How many volumes are filled at once is the caller's affair.
class ClaimFiller {
 public:
  ClaimFiller(kube::Api& api, std::string job_id, const Patience& patience, FillPorts ports = {})
      : api_(api), job_id_(std::move(job_id)), patience_(patience), ports_(std::move(ports)) {}

  // Makes the claim one that gets the step's data: it asks for the snapshot, which is made a source
  // in its namespace; or for the volume that a mover has filled from the copy, before anybody can
  // see the claim. Returns what is missing of the data, "" when nothing is. Requires: the step has
  // data.
  Result<std::string> provide(Context& context, const Step& step, Json& claim);
  // Waits until the claim has its volume; not for one whose class waits for the first pod.
  Result<void> wait_until_filled(Context& context, const Step& step);
  // Takes the offers away whose claims are bound.
  Result<void> withdraw(Context& context);

 private:
  std::string name_of(const Step& step) const {
    return "salvor-" + job_id_ + "-" + std::to_string(step.number);
  }
  volume::Mark mark() const { return {volume::MarkedBy::job, job_id_}; }
  Result<void> offer(Context& context, const Step& step, Json& claim);
  Result<std::string> fill(Context& context, const Step& step, Json& claim);
  Result<std::string> move(Context& context, const Step& step, const Json& claim,
                           volume::Transfer& transfer);
  Result<std::string> run_mover(Context& context, const Step& step, volume::Transfer& transfer);
  void clear(Context& context, const std::string& name);
  Result<void> tell(const Step& step, const volume::Transfer& transfer) const;
  Json order_for(const Step& step) const;
  Result<bool> waits_for_a_pod(Context& context, const Step& step);

  kube::Api& api_;
  const std::string job_id_;
  const Patience patience_;
  const FillPorts ports_;
};

}  // namespace salvor::restore
