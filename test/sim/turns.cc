#include "sim/turns.h"

#include <algorithm>

#include "base/check.h"

namespace salvor::sim {
namespace {

constexpr std::size_t kTimePasses = 8;  // once in so many choices

// Tells when a guest's thread ends.
struct Guest {
  Turns::Task* task = nullptr;
  ~Guest() {
    if (task != nullptr) task->end();
  }
};
thread_local Guest guest_of_thread;

}  // namespace

Turns::Task::Task(Turns& turns, Kind kind)
    : turns_(turns), state_(kind == Kind::main ? State::starting : State::absent) {
  turns_.tasks_.push_back(this);
}

Turns::Task* Turns::Task::guest_here() { return guest_of_thread.task; }

// Requires: the mutex.
void Turns::Task::give_away(State state) {
  state_ = state;
  if (turns_.at_work_ == this) turns_.at_work_ = nullptr;
  turns_.changed_.notify_all();
}

void Turns::Task::wait_for_turn(std::unique_lock<std::mutex>& lock) {
  chosen_.wait(lock, [this] { return state_ == State::at_work; });
}

void Turns::Task::begin() { step(); }

void Turns::Task::step() {
  std::unique_lock lock(turns_.mutex_);
  since_ = turns_.now_;
  give_away(State::ready);
  wait_for_turn(lock);
}

void Turns::Task::wait_until(SteadyTime until, const std::stop_token& stop) {
  std::unique_lock lock(turns_.mutex_);
  since_ = until;
  stop_ = stop;
  give_away(State::waiting);
  wait_for_turn(lock);
}

void Turns::Task::let_rest(const Task& guest) {
  std::unique_lock lock(turns_.mutex_);
  guest_ = &guest;
  give_away(State::held_back);
  wait_for_turn(lock);
}

void Turns::Task::end() {
  const std::lock_guard lock(turns_.mutex_);
  give_away(State::absent);
}

void Turns::Task::meet(const Task& guest) {
  std::unique_lock lock(turns_.mutex_);
  turns_.changed_.wait(lock, [&guest] { return guest.state_ == State::waiting; });
}

bool Turns::Task::rest_until(SteadyTime until, const std::stop_token& stop) {
  guest_of_thread.task = this;
  std::unique_lock lock(turns_.mutex_);
  since_ = until;
  give_away(State::waiting);
  const bool is_chosen = chosen_.wait(lock, stop, [this] { return state_ == State::at_work; });
  if (!is_chosen) state_ = State::absent;
  return is_chosen;
}

bool Turns::run(std::size_t steps_max) {
  std::unique_lock lock(mutex_);
  for (std::size_t steps = 0;; ++steps) {
    changed_.wait(lock, [this] {
      return at_work_ == nullptr &&
             std::none_of(tasks_.begin(), tasks_.end(),
                          [](const Task* task) { return task->state_ == State::starting; });
    });
    Task* const next = choose();
    if (next == nullptr) return !is_over_;
    is_over_ = is_over_ || steps >= steps_max;
    CHECK(steps < 2 * steps_max);
    at_work_ = next;
    next->state_ = State::at_work;
    next->chosen_.notify_all();
  }
}

Turns::Task* Turns::choose() {
  const auto is_absent = [](const Task* task) { return task->state_ == State::absent; };
  if (std::all_of(tasks_.begin(), tasks_.end(), is_absent)) return nullptr;
  while (true) {
    std::vector<Task*> able;
    for (Task* task : tasks_) {
      if (may_go_on(*task)) able.push_back(task);
    }
    if (!able.empty() && !chance_.one_in(kTimePasses)) return chance_.of(able);
    pass_time(!able.empty());
  }
}

bool Turns::may_go_on(const Task& task) const {
  switch (task.state_) {
    case State::ready:
      return true;
    case State::waiting:
      return task.since_ <= now_ || task.stop_.stop_requested();
    case State::held_back:
      return task.guest_->state_ == State::waiting || task.guest_->state_ == State::absent;
    case State::starting:
    case State::at_work:
    case State::absent:
      return false;
  }
  return false;
}

void Turns::pass_time(bool somebody_may_go_on) {
  SteadyTime first = SteadyTime::max();
  SteadyTime latest = SteadyTime::max();
  for (const Task* task : tasks_) {
    if (task->state_ != State::ready && task->state_ != State::waiting) continue;
    if (task->since_ > now_) first = std::min(first, task->since_);
    latest = std::min(latest, task->since_ + slowest_);
  }
  if (!somebody_may_go_on) {
    CHECK(first != SteadyTime::max());
    now_ = first;
  } else if (latest != SteadyTime::max() && latest > now_) {
    now_ += Duration(static_cast<Duration::rep>(
        chance_.below(static_cast<std::size_t>((latest - now_).count()))));
  }
}

SteadyTime Turns::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

bool Turns::is_over() const {
  const std::lock_guard lock(mutex_);
  return is_over_;
}

}  // namespace salvor::sim
