#include "restore/execute.h"

#include "restore/verdict.h"

namespace salvor::restore {
namespace {

class Execution {
 public:
  Execution(Context& context, const Plan& plan, std::vector<Outcome> outcomes, ExecutePorts ports)
      : context_(context), plan_(plan), outcomes_(std::move(outcomes)), ports_(std::move(ports)) {}

  Result<std::vector<Outcome>> run() {
    TRY_VOID(run_steps());
    TRY_VOID(link_late_owners());
    // Durable before the fences end: only a run that still holds the job may end them.
    TRY_VOID(ports_.sink.flush());
    TRY_VOID(context_.stopped() ? context_.check() : release_fences());
    TRY_VOID(ports_.sink.flush());
    return std::move(outcomes_);
  }

  Result<std::vector<Outcome>> wrap_up() {
    TRY_VOID(look_at_open_steps());
    TRY_VOID(release_fences());
    TRY_VOID(ports_.sink.flush());
    return std::move(outcomes_);
  }

 private:
  Result<void> run_steps() {
    StepLoop loop(context_, plan_, outcomes_, ports_.runner, ports_.sink,
                  ports_.actor.patience().without_progress);
    return loop.run([this](const Step& step) { return work_of(step); });
  }

  // A stop or a death may have come between a write and its note. What stands in the cluster by
  // this job's hand is its work, and may be fenced.
  Result<void> look_at_open_steps() {
    std::size_t under_way = 0;
    Result<void> noted;
    const auto take_one = [&] {
      const auto [step, outcome] = ports_.runner.wait();
      --under_way;
      outcomes_[step] = outcome;
      if (outcome.is_open()) return;
      if (noted.ok()) noted = ports_.sink.note(plan_.steps[step], outcome);
    };
    for (const Step& step : plan_.steps) {
      if (!outcomes_[step.number].is_open()) continue;
      if (under_way == ports_.runner.capacity()) take_one();
      ports_.runner.start(step.number, [this, &step] {
        auto found = ports_.actor.look(context_, step);
        return found.ok() ? *std::move(found) : not_looked_for(found.error());
      });
      ++under_way;
    }
    while (under_way > 0) take_one();
    return noted;
  }

  // The outcomes of owners are copied here: the workers never look at what this thread changes.
  std::function<Outcome()> work_of(const Step& step) {
    std::vector<std::pair<OwnerLink, std::string>> owners;
    owners.reserve(step.owners.size());
    for (const OwnerLink& link : step.owners) {
      owners.emplace_back(
          link, link.how == OwnerLink::How::step ? outcomes_[link.owner].uid : std::string());
    }
    return [this, &step, owners = std::move(owners)] { return work(step, owners); };
  }

  Outcome work(const Step& step, const std::vector<std::pair<OwnerLink, std::string>>& owners) {
    auto object = ports_.objects(step);
    if (!object.ok()) return failed(Reason::damaged_item, object.error());
    std::vector<LinkedOwner> linked;
    std::vector<std::string> notes;
    for (const auto& [link, uid] : owners) {
      if (link.how == OwnerLink::How::late) continue;
      if (link.how == OwnerLink::How::step) {
        linked.push_back(linked_by(link, uid));
        continue;
      }
      const Json& reference = owner_reference(*object, link);
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

  LinkedOwner linked_by(const OwnerLink& link, const std::string& uid) const {
    if (link.how == OwnerLink::How::lookup) return {link.reference, uid};
    const Step& owner = plan_.steps[link.owner];
    return {link.reference, uid, owner.target_name,
            owner.from_copy ? owner.type.api_version() : std::string()};
  }

  // Null when the object is not as it was when the plan was made.
  static const Json& owner_reference(const Json& object, const OwnerLink& link) {
    static const Json none;
    const Json& references = member(member(object, "metadata"), "ownerReferences");
    const bool is_there = references.is_array() && link.reference < references.size();
    return is_there ? references[link.reference] : none;
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
      if (!outcomes_[step.number].is_made() || !has_late_owner(step)) continue;
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

  // A patch replaces the whole list, so those that were known from the beginning come along.
  Result<void> link_late(const Step& step) {
    TRY(const Json object, ports_.objects(step));
    std::vector<LinkedOwner> linked;
    for (const OwnerLink& link : step.owners) {
      const auto uid = uid_of_owner(step, object, link);
      if (!uid.ok()) return note_unlinked(step, uid.error());
      if (*uid) linked.push_back(linked_by(link, **uid));
    }
    const auto done = ports_.actor.link_late(context_, step, object, linked);
    return done.ok() ? Result<void>() : note_unlinked(step, done.error());
  }

  Result<std::optional<std::string>> uid_of_owner(const Step& step, const Json& object,
                                                  const OwnerLink& link) {
    if (link.how == OwnerLink::How::lookup)
      return ports_.actor.find_owner(context_, step, owner_reference(object, link));
    const Outcome& owner = outcomes_[link.owner];
    return owner.is_there() ? std::optional(owner.uid) : std::nullopt;
  }

  Result<void> note_unlinked(const Step& step, const Error& failure) {
    if (failure.code == ErrorCode::cancelled) return {};  // the next run links it
    outcomes_[step.number].message = "owner references could not be set: " + failure.message;
    return ports_.sink.note(step, outcomes_[step.number]);
  }

  Result<void> release_fences() {
    for (const Step& step : plan_.steps) {
      Outcome& outcome = outcomes_[step.number];
      if (!outcome.is_fenced) continue;
      const auto released = ports_.actor.release(context_, step);
      if (released.ok()) {
        outcome.is_fenced = false;
      } else if (released.error().code == ErrorCode::cancelled) {
        return released.error();
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
};

}  // namespace

Result<std::vector<Outcome>> execute(Context& context, const Plan& plan,
                                     std::vector<Outcome> outcomes, ExecutePorts ports) {
  return Execution(context, plan, std::move(outcomes), std::move(ports)).run();
}

Outcome not_looked_for(const Error& failure) {
  Outcome outcome;
  outcome.message = "may be there, the cluster could not be asked: " + failure.message;
  return outcome;
}

Result<std::vector<Outcome>> wrap_up(Context& context, const Plan& plan,
                                     std::vector<Outcome> outcomes, ExecutePorts ports) {
  return Execution(context, plan, std::move(outcomes), std::move(ports)).wrap_up();
}

}  // namespace salvor::restore
