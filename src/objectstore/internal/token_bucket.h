// A rate that many threads share: each waits until its bytes are due.
#pragma once

#include <cstdint>
#include <mutex>

#include "base/context.h"

namespace salvor::objectstore::internal {

// Any thread may call.
class TokenBucket {
 public:
  // 0: no limit.
  explicit TokenBucket(std::uint64_t bytes_per_second) : rate_(bytes_per_second) {}

  // Fails with cancelled, or with unavailable when the deadline comes first; the bytes count even
  // so.
  Result<void> take(Context& context, std::uint64_t bytes);

 private:
  const std::uint64_t rate_;
  std::mutex mutex_;
  SteadyTime paid_until_{};  // when all that was taken so far is due
};

}  // namespace salvor::objectstore::internal
