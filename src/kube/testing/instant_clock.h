// A clock on which waiting takes no time: it jumps. For tests of waits and retries in one thread.
#pragma once

#include <algorithm>
#include <mutex>

#include "base/clock.h"

namespace salvor::kube {

// Any thread may call any method.
class InstantClock final : public Clock {
 public:
  EpochSeconds wall_seconds() const override {
    return kStart + std::chrono::duration_cast<std::chrono::seconds>(elapsed()).count();
  }
  SteadyTime steady() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  bool wait_until(SteadyTime until, const std::stop_token& stop) override {
    const std::lock_guard lock(mutex_);
    if (stop.stop_requested()) return false;
    now_ = std::max(now_, until);
    return true;
  }
  // What all waits so far came to.
  Duration elapsed() const { return steady() - SteadyTime(std::chrono::hours(1)); }

 private:
  static constexpr EpochSeconds kStart = 1'700'000'000;

  mutable std::mutex mutex_;
  SteadyTime now_ = SteadyTime(std::chrono::hours(1));
};

}  // namespace salvor::kube
