// Which steps of a plan may run now: a wave begins when the one before has ended, a step when all
// it needs is there. Pure state, no threads.
#pragma once

#include <cstddef>
#include <deque>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "restore/outcome.h"
#include "restore/plan.h"

namespace salvor::restore {

// A step that cannot run any more, and the step that it needed.
struct BlockedStep {
  StepNumber step = 0;
  StepNumber because_of = 0;
};

// What comes of it.
Outcome blocked_by(const Step& cause);

// One thread at a time. The plan must outlive it.
class Schedule {
 public:
  // `outcomes` by step number: those that are not open are over already (an earlier run). Steps
  // that take long hold no wave up but what needs them; at most `long_at_once` of them are handed
  // out, in the plan's order, so that there is room for others.
  Schedule(const Plan& plan, const std::vector<Outcome>& outcomes,
           std::size_t long_at_once = std::numeric_limits<std::size_t>::max());

  // At most `most` steps that may start now; each is handed out once.
  std::vector<StepNumber> take_ready(std::size_t most);
  // Steps that became impossible since the last call; they count as finished.
  std::vector<BlockedStep> take_blocked();
  // Requires: the step was handed out and is not finished.
  void finish(StepNumber step, const Outcome& outcome);
  // The step was handed out and is to be tried again later: its wave, and those of all that need
  // it, go on without it.
  void put_off(StepNumber step);
  // Hands out a step that was put off.
  void try_again(StepNumber step);
  bool is_finished() const { return open_steps_ == 0; }

 private:
  enum class State : char { waiting, ready, running, put_off, there, failed };

  static State end_state(const Outcome& outcome);
  bool close(StepNumber step, State state);  // false when it was closed already
  void spread(StepNumber step);  // what follows from a closed step for those that need it
  void park(StepNumber step);    // takes it, and all that need it, out of the count of their waves
  void unpark(StepNumber step);
  void open_waves();
  void queue(StepNumber step);
  bool takes_long(StepNumber step) const { return plan_.steps[step].takes_long(); }

  const Plan& plan_;
  std::vector<State> states_;
  std::vector<bool> is_parked_;
  std::vector<std::uint32_t> open_needs_;
  std::vector<std::vector<StepNumber>> dependants_;
  std::map<Wave, std::size_t> open_in_wave_;
  std::map<Wave, std::vector<StepNumber>> waiting_for_wave_;  // needs met, wave not begun
  std::deque<StepNumber> ready_;
  std::set<StepNumber> ready_long_;  // of those that take long, which go in the plan's order
  std::vector<BlockedStep> blocked_;
  std::size_t open_steps_ = 0;
  const std::size_t long_at_once_;
  std::size_t long_under_way_ = 0;
};

}  // namespace salvor::restore
