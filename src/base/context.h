// What every call that can wait takes first: how long it may take, who may stop it, which clock
// counts, where it logs.
#pragma once

#include <algorithm>
#include <optional>
#include <stop_token>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"

namespace salvor {

// A value, cheap to copy; borrows its clock and log, which must outlive every copy.
struct Context {
  Clock& clock;
  Log& log;
  std::stop_token stop;
  std::optional<SteadyTime> deadline;

  // The same with an earlier deadline: `most` from now, never later than today's.
  Context within(Duration most) const {
    Context narrower = *this;
    const SteadyTime until = clock.steady() + most;
    narrower.deadline = deadline ? std::min(*deadline, until) : until;
    return narrower;
  }
  // The same, stopped by another token.
  Context stopped_by(std::stop_token token) const {
    Context other = *this;
    other.stop = std::move(token);
    return other;
  }
  bool stopped() const { return stop.stop_requested(); }
  bool expired() const { return deadline && clock.steady() >= *deadline; }

  // Fails with cancelled when stopped, with unavailable when the deadline has passed.
  Result<void> check() const {
    if (stopped()) return error(ErrorCode::cancelled, "stopped on request");
    if (expired()) return error(ErrorCode::unavailable, "deadline passed");
    return {};
  }
  // Waits, but not past the deadline. Fails as check() does.
  Result<void> wait(Duration duration) const {
    SteadyTime until = clock.steady() + duration;
    if (deadline) until = std::min(until, *deadline);
    clock.wait_until(until, stop);
    return check();
  }
};

// For tests and short offline work: the system's clock, no log, no deadline.
inline Context background() { return Context{system_clock(), null_log(), {}, {}}; }

}  // namespace salvor
