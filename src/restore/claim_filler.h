// What a claim's step does besides writing it: offers the snapshot that the claim is filled from,
// and waits until a volume is bound to it.
#pragma once

#include <string>

#include "base/context.h"
#include "kube/api.h"
#include "restore/patience.h"
#include "restore/plan.h"

namespace salvor::restore {

// Any thread may call.
class ClaimFiller {
 public:
  ClaimFiller(kube::Api& api, std::string job_id, const Patience& patience)
      : api_(api), job_id_(std::move(job_id)), patience_(patience) {}

  // Makes the snapshot of the step's data a source in its namespace, and the claim ask for it.
  // Requires: the step has data.
  Result<void> offer(Context& context, const Step& step, Json& claim);
  // Waits until the claim has its volume; not for one whose class waits for the first pod.
  Result<void> wait_until_filled(Context& context, const Step& step);
  // Takes the offers away whose claims are bound.
  Result<void> withdraw(Context& context);

 private:
  Result<bool> waits_for_a_pod(Context& context, const Step& step);

  kube::Api& api_;
  const std::string job_id_;
  const Patience patience_;
};

}  // namespace salvor::restore
