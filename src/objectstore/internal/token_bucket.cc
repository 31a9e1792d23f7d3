#include "objectstore/internal/token_bucket.h"

#include <algorithm>

namespace salvor::objectstore::internal {

Result<void> TokenBucket::take(Context& context, std::uint64_t bytes) {
  if (rate_ == 0 || bytes == 0) return context.check();
  const std::chrono::duration<double> cost(static_cast<double>(bytes) / static_cast<double>(rate_));
  const SteadyTime now = context.clock.steady();
  SteadyTime due;
  {
    const std::lock_guard lock(mutex_);
    paid_until_ = std::max(paid_until_, now) + std::chrono::duration_cast<Duration>(cost);
    due = paid_until_;
  }
  return context.wait(due - now);
}

}  // namespace salvor::objectstore::internal
