#include "restore/actor.h"

#include <algorithm>

#include "restore/backend.h"
#include "restore/edits.h"
#include "restore/field_managers.h"
#include "restore/internal/attempt.h"
#include "restore/scan.h"
#include "restore/verdict.h"

namespace salvor::restore {
namespace {

// What a namespace that is being deleted still waits for, in the words of its controller.
std::string holders_of(const Json& space) {
  std::string text;
  const Json& conditions = member(member(space, "status"), "conditions");
  if (!conditions.is_array()) return text;
  for (const Json& condition : conditions) {
    if (text_at(condition, "status") == "True") text += "; " + text_at(condition, "message");
  }
  return text;
}

// What a change of an object that was there comes to.
Reason changed_by(Action action) {
  return action == Action::merge ? Reason::merged : Reason::replaced;
}

}  // namespace

Outcome Actor::act(Context& context, const Step& step, Json object,
                   std::vector<LinkedOwner> owners) {
  const EpochSeconds start = context.clock.wall_seconds();
  Attempt attempt{step, rule_for(step.source.group_resource), {}, {}, {}, {}};
  if (step.action == Action::prune) return prune(context, std::move(attempt));
  // Only a merge looks at it again, and it may be large.
  if (step.action == Action::merge) attempt.original = object;
  if (step.restores_status) attempt.status = member(object, "status");
  auto rendered = render(step, std::move(object), owners, render_);
  if (rendered.ok()) {
    attempt.object = std::move(rendered->object);
    attempt.notes = std::move(rendered->notes);
  }
  if (!rendered.ok()) attempt.end(Reason::modifier_failed, rendered.error().message);
  Outcome outcome =
      rendered.ok() ? create(context, std::move(attempt)) : std::move(attempt.outcome);
  outcome.start_time = start;
  outcome.end_time = context.clock.wall_seconds();
  return outcome;
}

// Each round either ends the attempt or leaves a reason to write again.
Outcome Actor::create(Context& context, Attempt attempt) {
  const Step& step = attempt.step;
  attempt.outcome.is_fenced = is_fenced(attempt.object);
  attempt.give_up_at = context.clock.steady() + patience_.api;
  bool again = remember_removal(attempt) && waits_for_nothing(context, attempt) &&
               offers_data(context, attempt) && may_be_charged(context, attempt);
  while (again) {
    Context call = context.within(patience_.call);
    ++attempt.outcome.attempts;
    const auto made = api_.create(
        call, step.type, step.target_namespace, compact(attempt.object),
        {.field_manager = field_manager_, .metadata_only = true, .warnings = &attempt.warnings});
    if (made.ok()) {
      attempt.outcome.uid = text_at(member(*made, "metadata"), "uid");
      attempt.outcome.http_status = 201;
      attempt.end_made();
      quotas_.note_made(step);
      again = false;
    } else {
      again = settle(context, attempt, made.error());
    }
  }
  if (!attempt.outcome.is_made()) attempt.outcome.is_fenced = false;
  const bool is_lost = !attempt.removed.is_null() && !attempt.outcome.is_there();
  if (is_lost && attempt.outcome.reason != Reason::conflict) put_back(context, attempt);
  if (attempt.outcome.is_made() && !attempt.status.is_null()) write_status(context, attempt);
  if (attempt.outcome.is_there()) wait_until_ready(context, attempt);
  if (attempt.outcome.is_made() && step.data) wait_for_data(context, attempt);
  return std::move(attempt.outcome);
}

// Whether what the object needs to do no harm is up. One that is there already is met as any other.
bool Actor::waits_for_nothing(Context& context, Attempt& attempt) {
  if (!attempt.rule.needs_backend || live_object(context, attempt.step).ok()) return true;
  const auto missing = patiently(context, patience_, [&](Context& call) {
    return missing_backend(call, api_, attempt.object);
  });
  // Who may not look makes it, as was asked.
  if (!missing.ok() || !*missing) return true;
  attempt.end(Reason::backend_missing, "Service " + **missing + " has no ready endpoint");
  attempt.outcome.put_off = PutOff::until_later;
  return false;
}

// A claim that is there already is met as any other.
bool Actor::offers_data(Context& context, Attempt& attempt) {
  const Step& step = attempt.step;
  if (!step.data || !step.data->is_there() || live_object(context, step).ok()) return true;
  const auto provided = claims_.provide(context, step, attempt.object);
  if (provided.ok()) {
    attempt.missing_data = *provided;
    return true;
  }
  const bool is_stopped = provided.error().code == ErrorCode::cancelled;
  attempt.end(is_stopped ? Reason::cancelled : Reason::volume_not_filled,
              provided.error().describe());
  return false;
}

void Actor::wait_for_data(Context& context, Attempt& attempt) {
  if (!attempt.step.data->is_there()) {
    attempt.end(Reason::volume_empty, attempt.outcome.message);
    return;
  }
  const auto filled = claims_.wait_until_filled(context, attempt.step);
  if (filled.ok()) {
    std::string missing = attempt.step.data->missing;
    if (!missing.empty() && !attempt.missing_data.empty()) missing += "; ";
    missing += attempt.missing_data;
    if (!missing.empty()) attempt.end(Reason::volume_not_whole, missing);
    return;
  }
  const bool is_stopped = filled.error().code == ErrorCode::cancelled;
  attempt.end(is_stopped ? Reason::cancelled : Reason::volume_not_filled,
              filled.error().describe());
}

// Where there are quotas, what is there already, and addresses that are taken, are found out
// without a create: it would be charged, and stay so.
bool Actor::may_be_charged(Context& context, Attempt& attempt) {
  const std::string& space = attempt.step.target_namespace;
  if (quotas_.were_in(space)) {
    const auto live = live_object(context, attempt.step);
    if (live.ok()) return found(context, attempt, *live);
  }
  if (attempt.rule.retry_without_addresses && quotas_.are_in(space))
    rehearse_addresses(context, attempt);
  return true;
}

// Any other refusal is met again by the create, and judged there.
void Actor::rehearse_addresses(Context& context, Attempt& attempt) {
  Context call = context.within(patience_.call);
  const auto tried = api_.create(
      call, attempt.step.type, attempt.step.target_namespace, compact(attempt.object),
      {.dry_run = kube::DryRun::yes, .field_manager = field_manager_, .metadata_only = true});
  if (!tried.ok() && tried.error().code == ErrorCode::invalid)
    drop_addresses(attempt, tried.error());
}

// Whether to write again after a refusal; else the outcome is set.
bool Actor::settle(Context& context, Attempt& attempt, const Error& failure) {
  attempt.outcome.http_status = http_status_in(failure);
  const Verdict verdict = judge(failure);
  attempt.end(verdict.reason, failure.message);
  switch (verdict.next) {
    case Next::stop:
      return false;
    case Next::read_back:
      return read_back(context, attempt);
    case Next::give_up:
      return look_before_giving_up(context, attempt, failure);
    case Next::put_off:
      // One that is being made anew is not left half way.
      if (!attempt.removed.is_null() && verdict.put_off == PutOff::until_later)
        return pause(context, attempt);
      if (attempt.removed.is_null()) attempt.outcome.put_off = verdict.put_off;
      if (verdict.put_off != PutOff::until_change) return false;
      if (look_before_giving_up(context, attempt, failure)) return true;
      wait_for_recount(context, attempt);
      return false;
  }
  return false;
}

// Waits before the next write; false when there has been patience enough, or a stop.
bool Actor::pause(Context& context, Attempt& attempt) {
  if (context.clock.steady() >= attempt.give_up_at) return false;
  if (!context.wait(attempt.pause).ok()) {
    attempt.end(Reason::cancelled, "stopped while waiting: " + attempt.outcome.message);
    return false;
  }
  attempt.pause = std::min(attempt.pause * 2, kLongestPause);
  return true;
}

// A refusal is not always about the object: ports and quotas are judged before the name, so one
// that is there already, ours from before a crash or a stranger's, may be refused for them.
bool Actor::look_before_giving_up(Context& context, Attempt& attempt, const Error& failure) {
  const auto live = live_object(context, attempt.step);
  if (live.ok()) return found(context, attempt, *live);
  if (live.error().code == ErrorCode::cancelled) {
    attempt.end(Reason::cancelled, "stopped before it could be read back: " + failure.message);
    return false;
  }
  return drop_addresses(attempt, failure);
}

bool Actor::drop_addresses(Attempt& attempt, const Error& failure) const {
  if (!attempt.rule.retry_without_addresses || attempt.addresses_dropped) return false;
  if (render_.choices.node_ports == NodePorts::keep) return false;
  attempt.addresses_dropped = drop_clashing_addresses(attempt.object, failure.message);
  if (attempt.addresses_dropped) {
    attempt.notes.push_back("got new ports: the old ones are taken in the target");
  }
  return attempt.addresses_dropped;
}

// A quota that counts more than there is will be counted anew.
void Actor::wait_for_recount(Context& context, Attempt& attempt) {
  if (attempt.outcome.reason != Reason::quota_exceeded) return;
  const auto surplus = quotas_.overcount(context, attempt.step, attempt.outcome.message);
  if (!surplus.ok() || !*surplus) return;  // who may not look takes the quota at its word
  attempt.outcome.message += "; " + **surplus;
  attempt.outcome.put_off = PutOff::until_later;
}

// The write may have happened, by us before or by somebody else: look. When it is not there, the
// write did not happen, or it was deleted since: to write a fixed name again is safe.
bool Actor::read_back(Context& context, Attempt& attempt) {
  const auto live = live_object(context, attempt.step);
  if (live.ok()) return found(context, attempt, *live);
  if (live.error().code == ErrorCode::not_found) return pause(context, attempt);
  if (live.error().code == ErrorCode::cancelled) attempt.outcome.reason = Reason::cancelled;
  attempt.outcome.message += "; could not be read back: " + live.error().message;
  return false;
}

bool Actor::found(Context& context, Attempt& attempt, const Json& live) {
  const Json& metadata = member(live, "metadata");
  attempt.outcome.uid = text_at(metadata, "uid");
  if (attempt.step.makes_namespace() && metadata.contains("deletionTimestamp")) {
    attempt.end(Reason::namespace_unavailable, "Namespace " + attempt.step.target_name +
                                                   " is still being deleted" + holders_of(live));
    attempt.outcome.put_off = PutOff::until_later;
    return false;
  }
  if (is_made_by(live, field_manager_, attempt.object, render_.planned_at)) {
    if (!attempt.is_answered()) hear_warnings(context, attempt);
    attempt.outcome.is_fenced = is_fenced(live);
    attempt.end_made();
    return false;
  }
  if (is_managed_by(live, change_manager())) {
    attempt.end_written(changed_by(attempt.step.action));
    return false;
  }
  return change(context, attempt, live);
}

// The answer to the write was lost, and with it what the server had to say. It says the same of a
// write that comes to nothing.
void Actor::hear_warnings(Context& context, Attempt& attempt) {
  Context call = context.within(patience_.call);
  static_cast<void>(api_.create(call, attempt.step.type, attempt.step.target_namespace,
                                compact(attempt.object),
                                {.dry_run = kube::DryRun::yes,
                                 .field_manager = field_manager_,
                                 .metadata_only = true,
                                 .warnings = &attempt.warnings}));
}

// True when the object is gone, and may be made anew.
bool Actor::wait_until_gone(Context& context, Attempt& attempt) {
  const SteadyTime end = context.clock.steady() + patience_.gone;
  while (context.clock.steady() < end) {
    if (!context.wait(kFirstPause).ok()) {
      attempt.end(Reason::cancelled,
                  "stopped while waiting for " + attempt.step.target_name + " to be gone");
      return false;
    }
    const auto live = live_object(context, attempt.step);
    if (!live.ok() && live.error().code == ErrorCode::not_found) return true;
    if (!live.ok() || member(*live, "metadata").contains("deletionTimestamp")) continue;
    attempt.end(Reason::conflict, std::string(kMadeAgain));
    return false;
  }
  attempt.end(Reason::not_gone,
              attempt.step.type.kind + " " + attempt.step.target_name + " is still being deleted");
  return false;
}

void Actor::wait_until_ready(Context& context, Attempt& attempt) {
  const auto defined = definition_in(attempt.rule, attempt.object);
  if (!defined) return;
  const auto served = kinds_.wait_until_served(context, *defined, patience_.kind_served);
  if (served.ok()) return;
  const bool stopped = served.error().code == ErrorCode::cancelled;
  attempt.end(stopped ? Reason::cancelled : Reason::definition_not_served, served.error().message);
}

// Also of one that an earlier run made: whether it came as far as the status is not noted.
void Actor::write_status(Context& context, Attempt& attempt) {
  const auto written = patiently(context, patience_, [&](Context& call) {
    return api_.patch(call, attempt.step.type, attempt.key(), kube::PatchKind::merge,
                      {{"status", attempt.status}},
                      {.field_manager = field_manager_, .subresource = "status"});
  });
  if (written.ok()) return;
  const bool stopped = written.error().code == ErrorCode::cancelled;
  attempt.end(stopped ? Reason::cancelled : Reason::status_left, written.error().message);
}

Result<Outcome> Actor::look(Context& context, const Step& step) {
  Outcome outcome;
  const auto live = live_object(context, step);
  if (!live.ok() && live.error().code == ErrorCode::not_found) return outcome;
  if (!live.ok()) return live.error();
  const bool is_made = step.says_nothing
                           ? is_made_by(*live, field_manager_, Json::object(), render_.planned_at)
                           : is_managed_by(*live, field_manager_);
  if (!is_made && !is_managed_by(*live, change_manager())) return outcome;
  outcome.reason = is_made ? Reason::created : changed_by(step.action);
  outcome.message = "found in the cluster after the run had been stopped";
  outcome.uid = text_at(member(*live, "metadata"), "uid");
  outcome.is_fenced = is_made && is_fenced(*live);
  outcome.start_time = outcome.end_time = context.clock.wall_seconds();
  return outcome;
}

Result<Json> Actor::live_object(Context& context, const Step& step) {
  return patiently(context, patience_, [&](Context& call) {
    return api_.get(call, step.type, {step.target_namespace, step.target_name});
  });
}

Result<void> Actor::patch(Context& context, const Step& step, const Json& patch) {
  const auto patched = patiently(context, patience_, [&](Context& call) {
    return api_.patch(call, step.type, {step.target_namespace, step.target_name},
                      kube::PatchKind::merge, patch, {.field_manager = field_manager_});
  });
  if (!patched.ok()) return patched.error();
  return {};
}

Result<void> Actor::link_late(Context& context, const Step& step, const Json& object,
                              const std::vector<LinkedOwner>& owners) {
  return patch(context, step,
               {{"metadata", {{"ownerReferences", owner_references(object, owners)}}}});
}

Result<void> Actor::release(Context& context, const Step& step) {
  const auto released = patch(context, step, release_patch());
  // Somebody deleted it meanwhile: nothing is left fenced.
  if (!released.ok() && released.error().code != ErrorCode::not_found) return released.error();
  return {};
}

Result<std::optional<std::string>> Actor::find_owner(Context& context, const Step& step,
                                                     const Json& reference) {
  const ObjectName name{text_at(reference, "apiVersion") + "/" + text_at(reference, "kind"),
                        step.target_namespace, text_at(reference, "name")};
  {
    const std::lock_guard lock(owners_mutex_);
    const auto known = owners_.find(name);
    if (known != owners_.end()) return known->second;
  }
  TRY(const std::optional<std::string> uid, look_up_owner(context, name, reference));
  const std::lock_guard lock(owners_mutex_);
  return owners_.emplace(name, uid).first->second;
}

Result<std::optional<std::string>> Actor::look_up_owner(Context& context, const ObjectName& name,
                                                        const Json& reference) {
  TRY(const kube::ResourceType type, owner_type(context, reference));
  if (type.resource.empty()) return std::optional<std::string>();
  const std::string home = type.namespaced ? name.namespace_name : "";
  const auto live = patiently(context, patience_, [&](Context& call) {
    return api_.get(call, type, {home, name.name});
  });
  if (live.ok()) return std::optional(text_at(member(*live, "metadata"), "uid"));
  if (live.error().code == ErrorCode::not_found) return std::optional<std::string>();
  return live.error();
}

// Without a name when the target does not serve it. Kinds that this restore brings later do not
// matter: of those there is nothing in the target that is not in the plan.
Result<kube::ResourceType> Actor::owner_type(Context& context, const Json& reference) {
  const std::lock_guard lock(owners_mutex_);
  if (!discovery_) {
    TRY(discovery_,
        patiently(context, patience_, [&](Context& call) { return api_.discover(call); }));
  }
  const kube::ResourceType* type =
      discovery_->find_kind(text_at(reference, "apiVersion"), text_at(reference, "kind"));
  return type == nullptr ? kube::ResourceType() : *type;
}

}  // namespace salvor::restore
