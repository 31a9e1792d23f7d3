// A clock that stands still until a test moves it.
#pragma once

#include <atomic>

#include "base/clock.h"

namespace salvor::catalog {

class SteppedClock final : public Clock {
 public:
  EpochSeconds wall_seconds() const override { return now_; }
  SteadyTime steady() const override { return SteadyTime(std::chrono::seconds(now_)); }
  // Time does not pass by itself, so waiting is over at once.
  bool wait_until(SteadyTime, const std::stop_token& stop) override {
    return !stop.stop_requested();
  }

  void set(EpochSeconds now) { now_ = now; }
  void advance(EpochSeconds seconds) { now_ += seconds; }

 private:
  std::atomic<EpochSeconds> now_ = 1600000000;
};

}  // namespace salvor::catalog
