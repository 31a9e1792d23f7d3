#include "restore/execute.h"

#include <map>

#include "restore/verdict.h"

namespace salvor::restore {
namespace {

class Execution {
 public:
  Execution(Context& context, const Plan& plan, std::vector<Outcome> outcomes, ExecutePorts ports)
      : context_(context), plan_(plan), outcomes_(std::move(outcomes)), ports_(std::move(ports)) {}

  Result<std::vector<Outcome>> run() {
    ports_.actor.look_at_quotas(context_);
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
    StepLoop loop(context_, plan_, outcomes_, ports_.runner, ports_.sink, ports_.actor.patience(),
                  ports_.long_at_once);
    return loop.run([this](const Step& step) { return work_of(step); });
  }

  // A stop or a death may have come between a write and its note. What stands in the cluster by
  // this job's hand is its work, and may be fenced.
  Result<void> look_at_open_steps() {
    return side_by_side([](const Step&, const Outcome& outcome) { return outcome.is_open(); },
                        [this](const Step& step, const Outcome&) {
                          auto found = ports_.actor.look(context_, step);
                          return found.ok() ? *std::move(found) : not_looked_for(found.error());
                        });
  }

  using Wanted = std::function<bool(const Step& step, const Outcome& outcome)>;
  using Work = std::function<Outcome(const Step& step, const Outcome& before)>;

  // Does more work on the steps that are wanted, and notes those whose outcome it changes.
  Result<void> side_by_side(const Wanted& wanted, const Work& work) {
    std::size_t under_way = 0;
    Result<void> noted;
    const auto take_one = [&] {
      auto [number, outcome] = ports_.runner.wait();
      --under_way;
      Outcome& known = outcomes_[number];
      const bool is_changed = outcome.reason != known.reason || outcome.message != known.message ||
                              outcome.is_fenced != known.is_fenced;
      known = std::move(outcome);
      if (is_changed && !known.is_open() && noted.ok())
        noted = ports_.sink.note(plan_.steps[number], known);
    };
    for (const Step& step : plan_.steps) {
      const Outcome& outcome = outcomes_[step.number];
      if (!wanted(step, outcome)) continue;
      if (under_way == ports_.runner.capacity()) take_one();
      ports_.runner.start(step.number,
                          [&work, &step, before = outcome] { return work(step, before); });
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
    const OwnerUids uids = uids_of_late_owners();
    return side_by_side(
        [this](const Step& step, const Outcome& outcome) {
          return !context_.stopped() && outcome.is_made() && has_late_owner(step);
        },
        [&](const Step& step, Outcome outcome) {
          const auto linked = link_late(step, uids);
          if (!linked.ok() && linked.error().code != ErrorCode::cancelled)  // the next run links it
            outcome.message = "owner references could not be set: " + linked.error().message;
          return outcome;
        });
  }

  // Of those that are there, by step. The workers never look at what this thread changes.
  using OwnerUids = std::map<StepNumber, std::string>;

  OwnerUids uids_of_late_owners() const {
    OwnerUids uids;
    for (const Step& step : plan_.steps) {
      if (!has_late_owner(step)) continue;
      for (const OwnerLink& link : step.owners) {
        if (link.how == OwnerLink::How::lookup) continue;
        const Outcome& owner = outcomes_[link.owner];
        if (owner.is_there()) uids[link.owner] = owner.uid;
      }
    }
    return uids;
  }

  static bool has_late_owner(const Step& step) {
    for (const OwnerLink& link : step.owners) {
      if (link.how == OwnerLink::How::late) return true;
    }
    return false;
  }

  // A patch replaces the whole list, so those that were known from the beginning come along.
  Result<void> link_late(const Step& step, const OwnerUids& uids) {
    TRY(const Json object, ports_.objects(step));
    std::vector<LinkedOwner> linked;
    for (const OwnerLink& link : step.owners) {
      TRY(const auto uid, uid_of_owner(step, object, link, uids));
      if (uid) linked.push_back(linked_by(link, *uid));
    }
    return ports_.actor.link_late(context_, step, object, linked);
  }

  Result<std::optional<std::string>> uid_of_owner(const Step& step, const Json& object,
                                                  const OwnerLink& link, const OwnerUids& uids) {
    if (link.how == OwnerLink::How::lookup)
      return ports_.actor.find_owner(context_, step, owner_reference(object, link));
    const auto owner = uids.find(link.owner);
    return owner == uids.end() ? std::nullopt : std::optional(owner->second);
  }

  Result<void> release_fences() {
    TRY_VOID(side_by_side([](const Step&, const Outcome& outcome) { return outcome.is_fenced; },
                          [this](const Step& step, Outcome outcome) {
                            const auto released = ports_.actor.release(context_, step);
                            if (released.ok()) {
                              outcome.is_fenced = false;
                            } else if (released.error().code != ErrorCode::cancelled) {
                              outcome.reason = Reason::conflict;
                              outcome.message =
                                  "made, but still suspended: " + released.error().message;
                            }
                            return outcome;
                          }));
    for (const Outcome& outcome : outcomes_) {
      // A stop came between; whoever goes on with the job releases it.
      if (outcome.is_fenced && outcome.is_made()) return context_.check();
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
