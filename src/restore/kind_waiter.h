// Waits until the API server serves kinds that a restore has just defined. All waiters share one
// look at the discovery, so a hundred definitions cost no more than one.
#pragma once

#include <mutex>

#include "base/context.h"
#include "kube/api.h"
#include "restore/item.h"

namespace salvor::restore {

// Any thread may call.
class KindWaiter {
 public:
  explicit KindWaiter(kube::Api& api) : api_(api) {}

  // Fails with unavailable when it is not served within `patience`.
  Result<void> wait_until_served(Context& context, const DefinedKind& kind, Duration patience);

 private:
  Result<bool> is_served(Context& context, const DefinedKind& kind, SteadyTime asked);

  kube::Api& api_;
  std::mutex mutex_;  // held while one thread asks for all
  kube::Discovery discovery_;
  SteadyTime seen_{};
};

}  // namespace salvor::restore
