// What a claim's step does besides writing it: offers the snapshot that the claim is filled from,
// and waits until a volume is bound to it.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "base/context.h"
#include "kube/api.h"
#include "restore/patience.h"
#include "restore/plan.h"
#include "volume/marks.h"
#include "volume/movers.h"

namespace salvor::restore {

// What filling from copies needs.
struct FillPorts {
  volume::MoverPlace place = {};
  Json repository = {};  // for a mover's order; holds secrets
  unsigned movers_at_once = 4;
  unsigned threads = 0;  // of a mover; 0: its own choice
  std::uint64_t download_bytes_per_second = 0;
};

// Any thread may call.
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
  Result<std::string> move(Context& context, const Step& step, const Json& claim);
  Json order_for(const Step& step) const;
  Result<void> take_slot(Context& context);
  void leave_slot();
  Result<bool> waits_for_a_pod(Context& context, const Step& step);

  kube::Api& api_;
  const std::string job_id_;
  const Patience patience_;
  const FillPorts ports_;
  std::mutex mutex_;
  unsigned movers_ = 0;  // at work
};

}  // namespace salvor::restore
