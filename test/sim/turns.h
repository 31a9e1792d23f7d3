// Programs that share something, one step at a time. Each thread gives its turn away before it
// calls what is shared and while it waits for the clock, and the choices of a seed say who goes on.
// The same seed interleaves threads that do the same each time in the same way.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "sim/chance.h"

namespace salvor::sim {

// Who has the turn, and what time it is.
class Turns {
 public:
  class Task;

  // Whoever may go on does so before so much time has passed: no call takes longer, and nobody
  // sleeps on for longer.
  Turns(std::uint64_t seed, Duration slowest) : chance_(seed), slowest_(slowest) {}

  // Until all tasks have ended. False: there was no end after so many steps; is_over() holds since
  // then, and whoever has the turn is to end.
  bool run(std::size_t steps_max);

  SteadyTime now() const;
  bool is_over() const;
  // Of whoever has the turn.
  Chance& chance() { return chance_; }

 private:
  enum class State { starting, ready, waiting, held_back, at_work, absent };

  Task* choose();
  bool may_go_on(const Task& task) const;
  void pass_time(bool somebody_may_go_on);

  mutable std::mutex mutex_;  // guards all that follows, and what is in the tasks
  std::condition_variable changed_;
  Chance chance_;
  const Duration slowest_;
  SteadyTime now_{};
  std::vector<Task*> tasks_;
  Task* at_work_ = nullptr;
  bool is_over_ = false;
};

// A thread, and helpers that work while it waits for them. Made and destroyed by the thread that
// calls run(), before and after.
class Turns::Task {
 public:
  // A main task starts by itself; another is a guest that a main one starts, and stops while it has
  // the turn.
  enum class Kind { main, guest };
  Task(Turns& turns, Kind kind);

  // Each returns when it is this task's turn.
  void begin();
  void step();
  void wait_until(SteadyTime until, const std::stop_token& stop);
  // Until the guest rests or has ended: stopping it then makes it end at once.
  void let_rest(const Task& guest);
  void end();

  // Until the guest, which was just started, rests; the turn is kept.
  void meet(const Task& guest);
  // A guest's waiting. False, and without a turn: it was stopped. The thread gives its turn away
  // when it ends.
  bool rest_until(SteadyTime until, const std::stop_token& stop);
  // The guest whose thread this is, or null.
  static Task* guest_here();

 private:
  friend class Turns;
  void give_away(State state);
  void wait_for_turn(std::unique_lock<std::mutex>& lock);

  Turns& turns_;
  State state_;
  SteadyTime since_{};  // ready: since when; waiting: until when
  std::stop_token stop_{};
  const Task* guest_ = nullptr;  // held back: by this one
  std::condition_variable_any chosen_;
};

}  // namespace salvor::sim
