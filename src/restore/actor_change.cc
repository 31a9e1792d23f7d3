// The Actor's way with objects that are there and not this job's.
#include "restore/edits.h"
#include "restore/field_managers.h"
#include "restore/internal/attempt.h"

namespace salvor::restore {

// An object that is there and not this job's: what the plan says to that.
bool Actor::change(Context& context, Attempt& attempt, const Json& live) {
  // An earlier run that meant to delete it did not come so far.
  if (attempt.is_remembered && uid_of(attempt.removed) == uid_of(live)) attempt.removed = Json();
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
  if (!keep_prior(attempt, live)) return false;
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
  attempt.outcome.http_status = http_status_in(failure);
  const Verdict verdict = judge(failure);
  attempt.end(verdict.reason, failure.message);
  // A field that only the API server knows to be immutable.
  const bool may_recreate = attempt.step.action == Action::recreate &&
                            attempt.rule.recreate != Recreate::never &&
                            verdict.reason == Reason::invalid;
  if (may_recreate) return remove_live(context, attempt, live);
  attempt.outcome.put_off = verdict.put_off;
  return verdict.next == Next::read_back && pause(context, attempt);
}

bool Actor::keep_prior(Attempt& attempt, const Json& live) {
  if (!prior_states_.keep) return true;
  const Result<void> kept = prior_states_.keep(attempt.step, live);
  if (kept.ok()) return true;
  const bool is_stop = kept.error().code == ErrorCode::cancelled;
  attempt.end(is_stop ? Reason::cancelled : Reason::journal_failed, kept.error().message);
  return false;
}

// One that is gone already is as it should be.
Outcome Actor::prune(Context& context, Attempt attempt) {
  attempt.outcome.start_time = context.clock.wall_seconds();
  attempt.give_up_at = context.clock.steady() + patience_.api;
  bool again = true;
  while (again) {
    again = false;
    const auto live = live_object(context, attempt.step);
    if (live.ok() && !member(*live, "metadata").contains("deletionTimestamp")) {
      if (!keep_prior(attempt, *live)) break;
      Context call = context.within(patience_.call);
      ++attempt.outcome.attempts;
      const auto removed =
          api_.remove(call, attempt.step.type, attempt.key(),
                      {.uid = uid_of(*live),
                       .resource_version = text_at(member(*live, "metadata"), "resourceVersion")});
      const bool is_gone = removed.ok() || removed.error().code == ErrorCode::not_found;
      again = !is_gone && settle_removal(context, attempt, removed.error());
      if (!is_gone) continue;
    } else if (!live.ok() && live.error().code != ErrorCode::not_found) {
      again = settle_removal(context, attempt, live.error());
      continue;
    }
    attempt.end(Reason::pruned, "");
  }
  attempt.outcome.end_time = context.clock.wall_seconds();
  return std::move(attempt.outcome);
}

// Whether to try a removal again at once; else the outcome says what came of it.
bool Actor::settle_removal(Context& context, Attempt& attempt, const Error& failure) {
  attempt.outcome.http_status = http_status_in(failure);
  const Verdict verdict = judge(failure);
  attempt.end(verdict.reason, failure.message);
  attempt.outcome.put_off = verdict.put_off;
  return verdict.next == Next::read_back && pause(context, attempt);
}

// What an earlier run may have deleted to make it anew: should that fail now, it is put back. False
// when the journal cannot be read.
bool Actor::remember_removal(Attempt& attempt) {
  if (attempt.step.action != Action::recreate || !prior_states_.kept) return true;
  auto kept = prior_states_.kept(attempt.step);
  attempt.is_remembered = kept.ok() && kept->has_value();
  if (attempt.is_remembered) attempt.removed = **std::move(kept);
  if (!kept.ok()) attempt.end(Reason::journal_failed, kept.error().message);
  return kept.ok();
}

// Deletes exactly the object that was looked at and waits until it is gone; true to write anew.
bool Actor::remove_live(Context& context, Attempt& attempt, const Json& live) {
  if (!keep_prior(attempt, live)) return false;
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
    return settle_removal(context, attempt, removed.error());
  }
  attempt.removed = live;
  attempt.is_remembered = false;
  return wait_until_gone(context, attempt);
}

// What was deleted in vain must not be lost.
void Actor::put_back(Context& context, Attempt& attempt) {
  Json object = attempt.removed;
  drop_server_fields(object);
  Context call = context.stopped_by({}).within(patience_.call);
  const auto made = api_.create(call, attempt.step.type, attempt.step.target_namespace,
                                compact(object), {.field_manager = field_manager_ + "-back"});
  attempt.outcome.message +=
      made.ok() ? "; the object that was there was put back"
                : "; the object that was there could not be put back: " + made.error().message;
}

}  // namespace salvor::restore
