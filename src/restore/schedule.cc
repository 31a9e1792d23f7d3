#include "restore/schedule.h"

#include "base/check.h"

namespace salvor::restore {

Schedule::Schedule(const Plan& plan, const std::vector<Outcome>& outcomes, std::size_t long_at_once)
    : plan_(plan),
      states_(plan.steps.size(), State::waiting),
      is_parked_(plan.steps.size(), false),
      open_needs_(plan.steps.size(), 0),
      dependants_(plan.steps.size()),
      open_steps_(plan.steps.size()),
      long_at_once_(long_at_once) {
  CHECK(outcomes.size() == plan.steps.size());
  for (const Step& step : plan.steps) {
    ++open_in_wave_[step.wave];
    open_needs_[step.number] = static_cast<std::uint32_t>(step.needs.size());
    for (const StepNumber need : step.needs) dependants_[need].push_back(step.number);
  }
  for (const Step& step : plan.steps) {
    if (step.needs.empty()) queue(step.number);
  }
  // What an earlier run has ended, blocked steps too, is closed before anything follows from it.
  for (const Step& step : plan.steps) {
    if (!outcomes[step.number].is_open()) close(step.number, end_state(outcomes[step.number]));
  }
  for (const Step& step : plan.steps) {
    if (!outcomes[step.number].is_open()) spread(step.number);
  }
  for (const Step& step : plan.steps) {
    if (step.takes_long()) park(step.number);
  }
  open_waves();
}

Schedule::State Schedule::end_state(const Outcome& outcome) {
  return outcome.is_there() ? State::there : State::failed;
}

void Schedule::queue(StepNumber step) { waiting_for_wave_[plan_.steps[step].wave].push_back(step); }

void Schedule::open_waves() {
  for (auto& [wave, open] : open_in_wave_) {
    auto& waiting = waiting_for_wave_[wave];
    for (const StepNumber step : waiting) {
      if (states_[step] != State::waiting) continue;
      states_[step] = State::ready;
      if (takes_long(step)) {
        ready_long_.insert(step);
      } else {
        ready_.push_back(step);
      }
    }
    waiting.clear();
    if (open > 0) return;
  }
}

std::vector<StepNumber> Schedule::take_ready(std::size_t most) {
  std::vector<StepNumber> taken;
  const auto take = [&](StepNumber step) {
    states_[step] = State::running;
    taken.push_back(step);
  };
  while (taken.size() < most && long_under_way_ < long_at_once_ && !ready_long_.empty()) {
    const StepNumber step = *ready_long_.begin();
    ready_long_.erase(ready_long_.begin());
    if (states_[step] != State::ready) continue;
    ++long_under_way_;
    take(step);
  }
  while (taken.size() < most && !ready_.empty()) {
    const StepNumber step = ready_.front();
    ready_.pop_front();
    if (states_[step] == State::ready) take(step);
  }
  return taken;
}

std::vector<BlockedStep> Schedule::take_blocked() { return std::exchange(blocked_, {}); }

void Schedule::finish(StepNumber step, const Outcome& outcome) {
  CHECK(states_[step] == State::running);
  CHECK(!outcome.is_open());
  if (takes_long(step)) --long_under_way_;
  close(step, end_state(outcome));
  spread(step);
  open_waves();
}

void Schedule::put_off(StepNumber step) {
  CHECK(states_[step] == State::running);
  if (takes_long(step)) --long_under_way_;
  states_[step] = State::put_off;
  park(step);
  open_waves();
}

void Schedule::try_again(StepNumber step) {
  CHECK(states_[step] == State::put_off);
  if (takes_long(step)) ++long_under_way_;
  states_[step] = State::running;
}

void Schedule::park(StepNumber first) {
  std::vector<StepNumber> parked = {first};
  while (!parked.empty()) {
    const StepNumber step = parked.back();
    parked.pop_back();
    if (is_parked_[step] || states_[step] == State::there || states_[step] == State::failed)
      continue;
    is_parked_[step] = true;
    --open_in_wave_[plan_.steps[step].wave];
    parked.insert(parked.end(), dependants_[step].begin(), dependants_[step].end());
  }
}

void Schedule::unpark(StepNumber step) {
  if (!is_parked_[step]) return;
  is_parked_[step] = false;
  ++open_in_wave_[plan_.steps[step].wave];
}

bool Schedule::close(StepNumber step, State state) {
  if (states_[step] == State::there || states_[step] == State::failed) return false;
  states_[step] = state;
  if (!is_parked_[step]) --open_in_wave_[plan_.steps[step].wave];
  --open_steps_;
  return true;
}

// Failure spreads to all that need the step, however deep, without recursion.
void Schedule::spread(StepNumber first) {
  if (states_[first] == State::there) {
    for (const StepNumber dependant : dependants_[first]) {
      if (--open_needs_[dependant] > 0 || states_[dependant] != State::waiting) continue;
      // What takes long stays out of its wave's count, so that the waves after it go on.
      if (!takes_long(dependant)) unpark(dependant);
      queue(dependant);
    }
    return;
  }
  std::vector<StepNumber> failed = {first};
  while (!failed.empty()) {
    const StepNumber step = failed.back();
    failed.pop_back();
    for (const StepNumber dependant : dependants_[step]) {
      if (states_[dependant] == State::running || !close(dependant, State::failed)) continue;
      blocked_.push_back({dependant, step});
      failed.push_back(dependant);
    }
  }
}

Outcome blocked_by(const Step& cause) {
  Outcome outcome;
  outcome.reason =
      cause.makes_namespace() ? Reason::namespace_unavailable : Reason::dependency_failed;
  outcome.message = "needs " + cause.type.kind + " " + cause.target_name + ", which failed";
  return outcome;
}

}  // namespace salvor::restore
