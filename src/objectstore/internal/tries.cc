#include "objectstore/internal/tries.h"

#include <algorithm>

namespace salvor::objectstore::internal {

bool Tries::wait_for_next() {
  if (++done_ >= patience_.tries_max || context_.stopped()) return false;
  // Beyond so many doublings every pause is the longest one.
  const unsigned doublings = std::min(done_ - 1, 20U);
  const auto most =
      std::min(patience_.first_pause * (std::int64_t{1} << doublings), patience_.pause_max);
  const auto pause = std::chrono::duration_cast<Duration>(most * patience_.jitter());
  const SteadyTime next = context_.clock.steady() + pause;
  if (next - began_ > patience_.total_max) return false;
  if (context_.deadline && next >= *context_.deadline) return false;
  return context_.wait(pause).ok();
}

}  // namespace salvor::objectstore::internal
