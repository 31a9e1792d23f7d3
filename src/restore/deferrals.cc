#include "restore/deferrals.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace salvor::restore {
namespace {

constexpr const char* kNoAnswer = "the API server";

struct CauseRow {
  Reason reason;
  std::string_view what;
  bool is_of_kind = false;  // else of the namespace
};

constexpr auto kCauses = std::to_array<CauseRow>({
    {Reason::namespace_unavailable, "namespace "},
    {Reason::quota_exceeded, "quota in "},
    {Reason::forbidden, "account in "},
    {Reason::not_gone, "deletions in "},
    {Reason::definition_not_served, "kind ", true},
});

// The name in `… webhook "name" …`, or nothing.
std::string webhook_in(const std::string& message) {
  constexpr std::string_view mark = "webhook \"";
  const std::size_t begin = message.find(mark);
  if (begin == std::string::npos) return "";
  const std::size_t end = message.find('"', begin + mark.size());
  return end == std::string::npos ? ""
                                  : message.substr(begin + mark.size(), end - begin - mark.size());
}

}  // namespace

std::string cause_of(const Step& step, const Outcome& outcome) {
  for (const CauseRow& row : kCauses) {
    if (row.reason != outcome.reason) continue;
    const std::string& space = step.makes_namespace() ? step.target_name : step.target_namespace;
    return std::string(row.what) + (row.is_of_kind ? step.source.group_resource : space);
  }
  if (outcome.reason == Reason::backend_missing) return outcome.message;
  if (outcome.reason == Reason::admission_refused) {
    const std::string webhook = webhook_in(outcome.message);
    return webhook.empty() ? "admission of " + step.source.group_resource : "webhook " + webhook;
  }
  return outcome.http_status == 0 ? kNoAnswer : "API group " + step.type.group;
}

bool Deferrals::add(const Step& step, const Outcome& outcome, SteadyTime now) {
  CHECK(outcome.put_off != PutOff::no);
  const bool is_judged = outcome.put_off == PutOff::until_change;  // not just held up
  const std::string name = cause_of(step, outcome) + (is_judged ? ": refused" : "");
  const auto before = steps_.find(step.number);
  const bool is_new = before == steps_.end();
  const bool is_same = !is_new && before->second.cause == name;
  if (!is_new && !is_same) leave(step.number, before->second.cause);
  Cause& cause = causes_[name];
  const bool is_first = cause.steps.empty();
  cause.without_progress = patience_with(outcome);
  if (is_first) cause.since = given_up_.contains(name) ? now - cause.without_progress : now;
  if (is_first || is_same) {
    cause.pause = is_first ? kFirstPause : std::min<Duration>(cause.pause * 2, kLongestPause);
    cause.next_try = now + cause.pause;
    cause.has_prober = cause.is_released = false;
  }
  // What holds a namespace back is told with its name, and grows less.
  if (outcome.message != cause.message && outcome.reason == Reason::namespace_unavailable)
    cause.since = now;
  cause.message = outcome.message;
  cause.kind = outcome.put_off;
  cause.steps.insert(step.number);
  Waiting& waiting = steps_[step.number];
  // Something may have changed between the refused try and now.
  if (is_new) waiting.changes_seen = changes_ == 0 ? 0 : changes_ - 1;
  waiting.cause = name;
  waiting.outcome = outcome;
  waiting.is_trying = false;
  return is_new;
}

void Deferrals::note_end(StepNumber step, const Outcome& outcome, SteadyTime now) {
  if (row_of(outcome.reason).kind == ReasonClass::done) ++changes_;
  const auto waiting = steps_.find(step);
  if (waiting == steps_.end()) return;
  const auto cause = causes_.find(waiting->second.cause);
  cause->second.since = now;
  cause->second.has_prober = false;
  cause->second.is_released = true;
  leave(step, waiting->second.cause);
  steps_.erase(waiting);
}

void Deferrals::leave(StepNumber step, const std::string& name) {
  const auto cause = causes_.find(name);
  cause->second.steps.erase(step);
  cause->second.has_prober = false;
  if (cause->second.steps.empty()) causes_.erase(cause);
}

void Deferrals::hand_out(StepNumber step, std::vector<StepNumber>& due, std::size_t most) {
  Waiting& waiting = steps_.at(step);
  if (waiting.is_trying || due.size() >= most) return;
  waiting.is_trying = true;
  waiting.changes_seen = changes_;
  due.push_back(step);
}

Duration Deferrals::patience_with(const Outcome& outcome) const {
  const bool is_quota = outcome.reason == Reason::quota_exceeded;
  return is_quota ? patience_.recount : patience_.without_progress;
}

bool Deferrals::waits_for_time() const {
  return std::any_of(causes_.begin(), causes_.end(),
                     [](const auto& cause) { return cause.second.kind == PutOff::until_later; });
}

std::vector<StepNumber> Deferrals::take_due(SteadyTime now, std::size_t most) {
  std::vector<StepNumber> due;
  for (auto& [name, cause] : causes_) {
    if (cause.kind != PutOff::until_later || due.size() >= most) continue;
    if (cause.is_released) {
      for (const StepNumber step : cause.steps) hand_out(step, due, most);
    } else if (!cause.has_prober && now >= cause.next_try) {
      cause.has_prober = true;
      hand_out(*cause.steps.begin(), due, most);
    }
  }
  return due;
}

std::vector<StepNumber> Deferrals::take_changed(std::size_t most) {
  std::vector<StepNumber> due;
  if (waits_for_time()) return due;
  for (auto& [step, waiting] : steps_) {
    if (waiting.changes_seen < changes_) hand_out(step, due, most);
  }
  return due;
}

std::vector<std::pair<StepNumber, Outcome>> Deferrals::take_hopeless(SteadyTime now, bool is_idle) {
  const bool nothing_changes = is_idle && !waits_for_time();
  std::vector<std::pair<StepNumber, Outcome>> hopeless;
  for (auto& [number, waiting] : steps_) {
    const Cause& cause = causes_.at(waiting.cause);
    const bool has_waited = cause.kind == PutOff::until_later && !cause.has_prober &&
                            !cause.is_released && now - cause.since >= cause.without_progress;
    const bool is_final =
        cause.kind == PutOff::until_change && nothing_changes && waiting.changes_seen >= changes_;
    if (waiting.is_trying || (!has_waited && !is_final)) continue;
    Outcome outcome = waiting.outcome;
    outcome.put_off = PutOff::no;
    hopeless.emplace_back(number, std::move(outcome));
  }
  for (const auto& [number, outcome] : hopeless) {
    given_up_.insert(steps_.at(number).cause);
    leave(number, steps_.at(number).cause);
    steps_.erase(number);
  }
  return hopeless;
}

bool Deferrals::holds_back_all() const {
  const auto cause = causes_.find(kNoAnswer);
  return cause != causes_.end() && !cause->second.is_released;
}

SteadyTime Deferrals::next_look() const {
  CHECK(!causes_.empty());
  SteadyTime next = SteadyTime::max();
  for (const auto& [name, cause] : causes_) {
    if (cause.kind == PutOff::until_later) next = std::min(next, cause.next_try);
  }
  return next;
}

}  // namespace salvor::restore
