// When a failed call to an API server is made again. Two cases only: the server itself asked us to
// come back (429 or 503 with Retry-After: it did nothing yet), and reads that found nobody home.
#pragma once

#include <functional>
#include <optional>

#include "base/context.h"
#include "base/result.h"
#include "kube/status.h"

namespace salvor::kube {

// A number in [0, 1) at each call: spreads the retries of many callers. Any thread may call.
using Jitter = std::function<double()>;

// How often a read that found nobody is made again: for a second and a half. A watch has more
// patience, as an API server's restart takes some seconds.
inline constexpr unsigned kFailuresMax = 3;
inline constexpr unsigned kWatchFailuresMax = 8;

// Counts the tries of one call. One thread.
class Retries {
 public:
  // Borrows the jitter.
  Retries(Access access, const Jitter& jitter, unsigned failures_max = kFailuresMax)
      : access_(access), jitter_(&jitter), failures_max_(failures_max) {}

  // How long to wait before the next try, or nothing when the failure is final.
  std::optional<Duration> next(const Error& failure);

 private:
  Access access_;
  const Jitter* jitter_;
  unsigned failures_max_;
  unsigned asked_ = 0;   // times the server asked us to come back
  unsigned failed_ = 0;  // times a read found nobody
};

// Calls `attempt` until it succeeds, fails for good, or another wait would not fit the deadline;
// then returns its last answer. Fails with cancelled when stopped during a wait.
template <typename T, typename Attempt>
Result<T> with_retries(const Context& context, Retries retries, const Attempt& attempt) {
  while (true) {
    Result<T> result = attempt();
    if (result.ok()) return result;
    const std::optional<Duration> pause = retries.next(result.error());
    if (!pause) return result;
    if (context.deadline && context.clock.steady() + *pause >= *context.deadline) return result;
    TRY_VOID(context.wait(*pause));
  }
}

}  // namespace salvor::kube
