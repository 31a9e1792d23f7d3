// The Actor's way with objects that are there and not this job's.
#include "restore/edits.h"
#include "restore/internal/attempt.h"

namespace salvor::restore {

// An object that is there and not this job's: what the plan says to that.
bool Actor::change(Context& context, Attempt& attempt, const Json& live) {
  if (!attempt.removed.is_null()) {
    // Somebody insists on it: to delete it again and again would be a fight.
    attempt.end(Reason::conflict, std::string(kMadeAgain));
    return false;
  }
  const Resolution change =
      resolve({attempt.step, attempt.original, attempt.object, live}, render_);
  for (const std::string& path : change.difference.kept)
    attempt.notes.push_back("kept the target's own " + path);
  switch (change.next) {
    case Resolution::Next::patch:
      return patch_live(context, attempt, live, change);
    case Resolution::Next::recreate:
      return remove_live(context, attempt, live);
    case Resolution::Next::end:
      break;
  }
  std::string message(row_of(change.reason).meaning);
  if (!change.difference.immutable.empty())
    message += ": " + message_of(change.difference.immutable);
  if (!attempt.notes.empty() && change.reason == Reason::unchanged)
    message += "; " + message_of(attempt.notes);
  attempt.object = live;  // what others find from now on
  attempt.end(change.reason, std::move(message));
  return false;
}

bool Actor::patch_live(Context& context, Attempt& attempt, const Json& live,
                       const Resolution& change) {
  Context call = context.within(patience_.call);
  ++attempt.outcome.attempts;
  const auto patched = api_.patch(
      call, attempt.step.type, attempt.key(), kube::PatchKind::merge, change.difference.patch,
      {.field_manager = change_manager(), .warnings = &attempt.warnings});
  if (!patched.ok()) return refused_change(context, attempt, live, patched.error());
  attempt.outcome.http_status = 200;
  attempt.end_written(change.reason);
  return false;
}

bool Actor::refused_change(Context& context, Attempt& attempt, const Json& live,
                           const Error& failure) {
  attempt.outcome.http_status = status_in(failure);
  const Verdict verdict = judge(failure);
  attempt.end(verdict.reason, failure.message);
  // A field that only the API server knows to be immutable.
  const bool may_recreate = attempt.step.action == Action::recreate &&
                            attempt.rule.recreate != Recreate::never &&
                            verdict.reason == Reason::invalid;
  if (may_recreate) return remove_live(context, attempt, live);
  const bool may_pass = verdict.next == Next::read_back || verdict.next == Next::try_again;
  return may_pass && pause(context, attempt);
}

// Deletes exactly the object that was looked at and waits until it is gone; true to write anew.
bool Actor::remove_live(Context& context, Attempt& attempt, const Json& live) {
  const Json& metadata = member(live, "metadata");
  const auto propagation = attempt.rule.recreate == Recreate::orphaning
                               ? kube::Propagation::orphan
                               : kube::Propagation::background;
  Context call = context.within(patience_.call);
  const auto removed = api_.remove(call, attempt.step.type, attempt.key(),
                                   {.propagation = propagation,
                                    .uid = text_at(metadata, "uid"),
                                    .resource_version = text_at(metadata, "resourceVersion")});
  if (!removed.ok() && removed.error().code != ErrorCode::not_found) {
    attempt.outcome.http_status = status_in(removed.error());
    const Verdict verdict = judge(removed.error());
    attempt.end(verdict.reason, removed.error().message);
    return verdict.next != Next::stop && verdict.next != Next::give_up && pause(context, attempt);
  }
  attempt.removed = live;
  return wait_until_gone(context, attempt, Reason::not_gone);
}

// What was deleted in vain must not be lost.
void Actor::put_back(Context& context, Attempt& attempt) {
  Json object = attempt.removed;
  drop_server_fields(object);
  Context call = context.stopped_by({}).within(patience_.call);
  const auto made = api_.create(call, attempt.step.type, attempt.step.target_namespace,
                                compact(object), {.field_manager = change_manager()});
  attempt.outcome.message +=
      made.ok() ? "; the object that was there was put back"
                : "; the object that was there could not be put back: " + made.error().message;
}

}  // namespace salvor::restore
