// Time as a value handed in. Nothing outside base/ and the wiring asks the system for the time, so
// that every test and simulation can own it.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>

namespace salvor {

// Whole seconds since 1970-01-01 UTC, the unit of every time in the API.
using EpochSeconds = std::int64_t;
// A point on a clock that never goes back, for deadlines and durations.
using SteadyTime = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

// Any thread may call any method.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual EpochSeconds wall_seconds() const = 0;
  virtual SteadyTime steady() const = 0;
  // Waits until the time has passed or a stop is asked for; false if stopped.
  virtual bool wait_until(SteadyTime until, const std::stop_token& stop) = 0;

  bool wait_for(Duration duration, const std::stop_token& stop) {
    return wait_until(steady() + duration, stop);
  }
};

// The machine's clock. One for the whole process.
Clock& system_clock();

// "Fri, 09 Oct 2020 21:05:44 GMT": RFC 1123, as Eve writes dates.
std::string rfc1123(EpochSeconds seconds);
// "2020-10-09T21:05:44Z": RFC 3339, as Kubernetes writes dates.
std::string rfc3339(EpochSeconds seconds);

}  // namespace salvor
