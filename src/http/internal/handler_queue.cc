#include "http/internal/handler_queue.h"

#include <iterator>
#include <utility>

namespace salvor::http::internal {

bool HandlerQueue::add(SteadyTime now, Begin begin) {
  if (waiting_.size() >= limits_.waiting_max) return false;
  waiting_.push_back(std::move(begin));
  advance(now);
  return true;
}

void HandlerQueue::ended(SteadyTime now, Number number) {
  running_.erase(number);
  advance(now);
}

void HandlerQueue::advance(SteadyTime now) {
  while (!waiting_.empty() && running_.size() < limits_.running_max && now >= room_from()) {
    const Begin begin = std::move(waiting_.front());
    waiting_.pop_front();
    running_.emplace(++numbers_, now);
    begin(numbers_);
  }
}

// The youngest are last: once the one that many places from the end is slow, so are all before it.
SteadyTime HandlerQueue::room_from() const {
  if (running_.size() < limits_.quick_max) return SteadyTime::min();
  const auto places = static_cast<std::ptrdiff_t>(limits_.quick_max);
  return std::prev(running_.end(), places)->second + limits_.patience;
}

std::optional<SteadyTime> HandlerQueue::next_change() const {
  if (waiting_.empty() || running_.size() >= limits_.running_max) return std::nullopt;
  return room_from();
}

}  // namespace salvor::http::internal
