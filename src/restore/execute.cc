#include "restore/execute.h"

#include "restore/schedule.h"
#include "restore/verdict.h"

namespace salvor::restore {
namespace {

// Long enough for one patch when the restore itself was told to stop.
constexpr std::chrono::seconds kReleaseTime{20};

class Execution {
 public:
  Execution(Context& context, const Plan& plan, std::vector<Outcome> outcomes, ExecutePorts ports)
      : context_(context),
        plan_(plan),
        outcomes_(std::move(outcomes)),
        ports_(std::move(ports)),
        schedule_(plan, outcomes_) {}

  Result<std::vector<Outcome>> run() {
    TRY_VOID(run_steps());
    TRY_VOID(link_late_owners());
    TRY_VOID(release_fences());
    TRY_VOID(ports_.sink.flush());
    return std::move(outcomes_);
  }

 private:
  Result<void> run_steps() {
    std::size_t under_way = 0;
    Result<void> noted;
    while (true) {
      if (noted.ok()) noted = note_blocked();
      if (noted.ok() && !context_.stopped()) {
        for (const StepNumber step : schedule_.take_ready(ports_.runner.capacity() - under_way)) {
          start(step);
          ++under_way;
        }
      }
      if (under_way == 0) return noted;
      const auto [step, outcome] = ports_.runner.wait();
      --under_way;
      outcomes_[step] = outcome;
      // A step that was stopped half way has not happened: it stays open, to be looked at again.
      if (outcome.reason == Reason::cancelled) continue;
      schedule_.finish(step, outcome);
      if (noted.ok()) noted = ports_.sink.note(plan_.steps[step], outcome);
    }
  }

  Result<void> note_blocked() {
    for (const BlockedStep& blocked : schedule_.take_blocked()) {
      const Step& cause = plan_.steps[blocked.because_of];
      Outcome outcome;
      outcome.reason =
          cause.makes_namespace() ? Reason::namespace_unavailable : Reason::dependency_failed;
      outcome.message = "needs " + cause.type.kind + " " + cause.target_name + ", which failed";
      outcome.start_time = outcome.end_time = context_.clock.wall_seconds();
      outcomes_[blocked.step] = outcome;
      TRY_VOID(ports_.sink.note(plan_.steps[blocked.step], outcome));
    }
    return {};
  }

  void start(StepNumber number) {
    const Step& step = plan_.steps[number];
    // The outcomes of owners are copied here: the workers never look at what this thread changes.
    std::vector<std::pair<OwnerLink, std::string>> owners;
    for (const OwnerLink& link : step.owners) {
      owners.emplace_back(
          link, link.how == OwnerLink::How::step ? outcomes_[link.owner].uid : std::string());
    }
    ports_.runner.start(number,
                        [this, &step, owners = std::move(owners)] { return work(step, owners); });
  }

  Outcome work(const Step& step, const std::vector<std::pair<OwnerLink, std::string>>& owners) {
    if (step.action == Action::none) return skipped(step);
    auto object = load(step);
    if (!object.ok()) return failed(Reason::damaged_item, object.error());
    std::vector<LinkedOwner> linked;
    std::vector<std::string> notes;
    for (const auto& [link, uid] : owners) {
      if (link.how == OwnerLink::How::late) continue;
      if (link.how == OwnerLink::How::step) {
        linked.push_back({link.reference, uid});
        continue;
      }
      const Json& reference = (*object)["metadata"]["ownerReferences"][link.reference];
      const auto found = ports_.actor.find_owner(context_, step, reference);
      if (!found.ok()) return failed(judge(found.error()).reason, found.error());
      if (*found) {
        linked.push_back({link.reference, **found});
      } else {
        notes.push_back("owner " + text_at(reference, "kind") + " " + text_at(reference, "name") +
                        " is not in the target: the reference was left out");
      }
    }
    Outcome outcome = ports_.actor.act(context_, step, *std::move(object), linked);
    for (const std::string& note : notes)
      outcome.message += (outcome.message.empty() ? "" : "; ") + note;
    return outcome;
  }

  Result<Json> load(const Step& step) {
    if (step.item < 0) return bare_namespace(step.target_name);
    TRY(const std::string text, ports_.bodies(step.item));
    TRY(Json object, parse_json(text));
    if (!member(object, "metadata").is_object())
      return error(ErrorCode::corrupt, "the object has no metadata");
    return object;
  }

  Outcome skipped(const Step& step) const {
    Outcome outcome;
    outcome.reason = step.reason;
    outcome.message = step.message;
    outcome.start_time = outcome.end_time = context_.clock.wall_seconds();
    return outcome;
  }

  Outcome failed(Reason reason, const Error& failure) const {
    Outcome outcome;
    outcome.reason = reason;
    outcome.message = failure.message;
    outcome.start_time = outcome.end_time = context_.clock.wall_seconds();
    return outcome;
  }

  Result<void> link_late_owners() {
    for (const Step& step : plan_.steps) {
      if (context_.stopped()) return {};
      if (outcomes_[step.number].reason != Reason::created || !has_late_owner(step)) continue;
      TRY_VOID(link_late(step));
    }
    return {};
  }

  static bool has_late_owner(const Step& step) {
    for (const OwnerLink& link : step.owners) {
      if (link.how == OwnerLink::How::late) return true;
    }
    return false;
  }

  Result<void> link_late(const Step& step) {
    std::vector<LinkedOwner> linked;
    for (const OwnerLink& link : step.owners) {
      if (link.how != OwnerLink::How::lookup && outcomes_[link.owner].is_there()) {
        linked.push_back({link.reference, outcomes_[link.owner].uid});
      }
    }
    TRY(const Json object, load(step));
    const auto done = ports_.actor.link_late(context_, step, object, linked);
    if (done.ok()) return {};
    outcomes_[step.number].message = "owner references could not be set: " + done.error().message;
    return ports_.sink.note(step, outcomes_[step.number]);
  }

  // Also after a stop: nothing may stay fenced. Only one who takes over goes on with the fences.
  Result<void> release_fences() {
    Context release = Context{context_.clock, context_.log, {}, {}}.within(kReleaseTime);
    for (const Step& step : plan_.steps) {
      Outcome& outcome = outcomes_[step.number];
      if (!outcome.is_fenced) continue;
      const auto released = ports_.actor.release(release, step);
      if (released.ok()) {
        outcome.is_fenced = false;
      } else {
        outcome.reason = Reason::conflict;
        outcome.message = "made, but still suspended: " + released.error().message;
      }
      TRY_VOID(ports_.sink.note(step, outcome));
    }
    return {};
  }

  Context& context_;
  const Plan& plan_;
  std::vector<Outcome> outcomes_;
  ExecutePorts ports_;
  Schedule schedule_;
};

}  // namespace

Result<std::vector<Outcome>> execute(Context& context, const Plan& plan,
                                     std::vector<Outcome> outcomes, ExecutePorts ports) {
  return Execution(context, plan, std::move(outcomes), std::move(ports)).run();
}

}  // namespace salvor::restore
