// Which of the waiting requests are handled now. Handlers that compute gain nothing from being more
// than the processors are; they only take each other's turns, and the slowest answer comes late. So
// few are begun at once, first come, first served; a handler that runs for long (it waits for
// something, or reads a lot) counts no more, and another begins beside it.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>

#include "base/clock.h"

namespace salvor::http::internal {

struct HandlerLimits {
  std::size_t running_max = 16;            // threads there are
  std::size_t quick_max = 2;               // that run for less than `patience`
  std::chrono::milliseconds patience{20};  // after it a handler is a slow one
  std::size_t waiting_max = 1024;
};

// Knows no thread: all calls come from one, with the time as it is.
class HandlerQueue {
 public:
  using Number = std::uint64_t;
  // Begins the handling. Whoever gets the number says `ended` with it later, not within this call.
  using Begin = std::function<void(Number)>;

  explicit HandlerQueue(HandlerLimits limits) : limits_(limits) {}

  // False if too many wait already; then `begin` is never called.
  bool add(SteadyTime now, Begin begin);
  void ended(SteadyTime now, Number number);
  // Begins what may begin now.
  void advance(SteadyTime now);
  // When to call advance() if nothing ends before; none if time alone changes nothing.
  std::optional<SteadyTime> next_change() const;

 private:
  // From when the quick handlers leave room for another.
  SteadyTime room_from() const;

  const HandlerLimits limits_;
  std::deque<Begin> waiting_;
  std::map<Number, SteadyTime> running_;  // when each began; numbers rise, so the oldest is first
  Number numbers_ = 0;
};

}  // namespace salvor::http::internal
