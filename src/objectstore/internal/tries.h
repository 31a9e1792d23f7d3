// Counts the tries of one call and waits between them: full jitter, as pauses of the same length
// would bring all callers back at once.
#pragma once

#include <optional>

#include "base/context.h"
#include "objectstore/retrying.h"

namespace salvor::objectstore::internal {

// One thread. Borrows both.
class Tries {
 public:
  Tries(const Context& context, const Patience& patience)
      : context_(context), patience_(patience), began_(context.clock.steady()) {}

  // Waits before the next try; false if there is to be none.
  bool wait_for_next();

 private:
  const Context& context_;
  const Patience& patience_;
  const SteadyTime began_;
  unsigned done_ = 0;
};

// Calls `attempt` until it succeeds, fails with what no other try can change, or patience ends.
template <typename Attempt>
auto persistently(const Context& context, const Patience& patience, const Attempt& attempt)
    -> decltype(attempt()) {
  Tries tries(context, patience);
  while (true) {
    auto result = attempt();
    if (result.ok()) return result;
    const ErrorCode code = result.error().code;
    if (code != ErrorCode::unavailable && code != ErrorCode::unknown_outcome) return result;
    if (!tries.wait_for_next()) {
      if (context.stopped()) return std::move(context.check()).error();
      return result;
    }
  }
}

}  // namespace salvor::objectstore::internal
