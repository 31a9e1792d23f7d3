#include "restore/step_loop.h"

namespace salvor::restore {
namespace {

constexpr std::chrono::milliseconds kQuiet{250};

}  // namespace

Result<void> StepLoop::run(const StepWork& work) {
  Result<void> noted;
  while (true) {
    if (noted.ok()) noted = note_blocked();
    const bool goes_on = noted.ok() && !is_stopped_ && !context_.stopped();
    if (goes_on) noted = begin(work);
    if (under_way_ > 0) {
      const Result<void> ended = end_next();
      if (noted.ok()) noted = ended;
    } else if (!goes_on || deferrals_.is_empty() || !wait_for_time()) {
      return noted;
    }
  }
}

Result<void> StepLoop::begin(const StepWork& work) {
  const SteadyTime now = context_.clock.steady();
  again(deferrals_.take_due(now, room()), work);
  if (!deferrals_.holds_back_all()) {
    for (const StepNumber step : schedule_.take_ready(room())) start(step, work);
  }
  if (under_way_ == 0) again(deferrals_.take_changed(room()), work);
  for (auto& [step, outcome] : deferrals_.take_hopeless(now, under_way_ == 0)) {
    schedule_.try_again(step);
    TRY_VOID(end(step, std::move(outcome)));
  }
  return note_blocked();
}

void StepLoop::again(const std::vector<StepNumber>& steps, const StepWork& work) {
  for (const StepNumber step : steps) {
    schedule_.try_again(step);
    start(step, work);
  }
}

void StepLoop::start(StepNumber step, const StepWork& work) {
  runner_.start(step, work(plan_.steps[step]));
  ++under_way_;
}

Result<void> StepLoop::end_next() {
  // While nothing ends, what has ended must not wait to be noted.
  if (!runner_.wait_for_end(kQuiet)) TRY_VOID(sink_.flush());
  auto [step, outcome] = runner_.wait();
  --under_way_;
  // A step that was stopped half way has not happened: it stays open, to be looked at again.
  if (outcome.reason == Reason::cancelled) {
    is_stopped_ = true;
    return {};
  }
  const auto before = earlier_.find(step);
  if (before != earlier_.end()) {
    outcome.attempts += before->second.attempts;
    outcome.start_time = before->second.start_time;
  }
  if (outcome.put_off != PutOff::no) return put_off(step, outcome);
  deferrals_.note_end(step, outcome, context_.clock.steady());
  return end(step, std::move(outcome));
}

Result<void> StepLoop::end(StepNumber step, Outcome outcome) {
  schedule_.finish(step, outcome);
  earlier_.erase(step);
  outcomes_[step] = std::move(outcome);
  return sink_.note(plan_.steps[step], outcomes_[step]);
}

Result<void> StepLoop::put_off(StepNumber step, const Outcome& outcome) {
  schedule_.put_off(step);
  earlier_[step] = outcome;
  if (!deferrals_.add(plan_.steps[step], outcome, context_.clock.steady())) return {};
  Outcome waiting;
  waiting.message = "to be tried again: " + outcome.message;
  waiting.attempts = outcome.attempts;
  return sink_.note(plan_.steps[step], waiting);
}

Result<void> StepLoop::note_blocked() {
  for (const BlockedStep& blocked : schedule_.take_blocked()) {
    Outcome outcome = blocked_by(plan_.steps[blocked.because_of]);
    outcome.start_time = outcome.end_time = context_.clock.wall_seconds();
    outcomes_[blocked.step] = outcome;
    TRY_VOID(sink_.note(plan_.steps[blocked.step], outcome));
  }
  return {};
}

// False when a stop came instead.
bool StepLoop::wait_for_time() {
  const SteadyTime now = context_.clock.steady();
  const SteadyTime next = deferrals_.next_look();
  return next == SteadyTime::max() || next <= now || context_.wait(next - now).ok();
}

}  // namespace salvor::restore
