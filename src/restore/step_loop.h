// Runs a plan's steps: those that are ready, many at once, each noted when it has ended; those that
// were put off again later. Decides nothing about a step.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <vector>

#include "base/context.h"
#include "restore/deferrals.h"
#include "restore/outcome.h"
#include "restore/plan.h"
#include "restore/runner.h"
#include "restore/schedule.h"

namespace salvor::restore {

// Where outcomes go, in the order they come, from one thread. An error ends the restore: what
// cannot be noted must not be done.
class OutcomeSink {
 public:
  virtual ~OutcomeSink() = default;
  // An open outcome is that of a step that waits; its message says for what.
  virtual Result<void> note(const Step& step, const Outcome& outcome) = 0;
  // Makes all that was noted durable.
  virtual Result<void> flush() = 0;
};

// What a step does, ready to be run on another thread. Made on the loop's own thread, when the
// steps that it needs have ended.
using StepWork = std::function<std::function<Outcome()>(const Step& step)>;

// Used by one thread; borrows all.
class StepLoop {
 public:
  // `patience`: with what holds back steps that were put off. `long_at_once`: of the steps that
  // take long, so many are under way, which is less than the runner runs.
  StepLoop(Context& context, const Plan& plan, std::vector<Outcome>& outcomes, Runner& runner,
           OutcomeSink& sink, const Patience& patience, std::size_t long_at_once)
      : context_(context),
        plan_(plan),
        outcomes_(outcomes),
        runner_(runner),
        sink_(sink),
        schedule_(plan, outcomes, std::max<std::size_t>(1, long_at_once)),
        deferrals_(patience) {}

  // Until each step has its outcome. When the context is stopped no step begins any more, the
  // running ones end, and the others stay open. Fails only with the sink's error.
  Result<void> run(const StepWork& work);

 private:
  Result<void> begin(const StepWork& work);
  void start(StepNumber step, const StepWork& work);
  void again(const std::vector<StepNumber>& steps, const StepWork& work);
  Result<void> end_next();
  Result<void> end(StepNumber step, Outcome outcome);
  Result<void> put_off(StepNumber step, const Outcome& outcome);
  Result<void> note_blocked();
  bool wait_for_time();
  std::size_t room() const { return runner_.capacity() - under_way_; }

  Context& context_;
  const Plan& plan_;
  std::vector<Outcome>& outcomes_;
  Runner& runner_;
  OutcomeSink& sink_;
  Schedule schedule_;
  Deferrals deferrals_;
  std::map<StepNumber, Outcome> earlier_;  // of the tries before, of steps that were put off
  std::size_t under_way_ = 0;
  bool is_stopped_ = false;  // a step says so
};

}  // namespace salvor::restore
