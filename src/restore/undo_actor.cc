#include "restore/undo_actor.h"

#include <algorithm>

#include "restore/conflict.h"
#include "restore/edits.h"
#include "restore/field_managers.h"
#include "restore/scan.h"
#include "restore/skip.h"
#include "restore/verdict.h"

namespace salvor::restore {
namespace {

constexpr int kTriesMax = 5;          // against somebody who writes at the same time
constexpr std::size_t kPathsMax = 5;  // shown of a difference
constexpr unsigned kContentsPage = 50;

Outcome ended(Reason reason, std::string message = "") {
  Outcome outcome;
  outcome.reason = reason;
  outcome.message = message.empty() ? std::string(row_of(reason).meaning) : std::move(message);
  return outcome;
}

Outcome refused(const Error& failure) {
  const Verdict verdict = judge(failure);
  Outcome outcome = ended(verdict.reason, failure.message);
  outcome.http_status = http_status_in(failure);
  outcome.put_off = verdict.put_off;
  return outcome;
}

// The pointers that a merge patch changes; never their values, which may be secret.
void paths_in(const Json& patch, const Json::json_pointer& at, std::vector<std::string>& paths) {
  if (!patch.is_object() || patch.empty()) {
    if (paths.size() < kPathsMax) paths.push_back(at.to_string());
    return;
  }
  for (const auto& [key, value] : patch.items()) paths_in(value, at / key, paths);
}

std::vector<std::string> paths_in(Json patch) {
  std::vector<std::string> paths;
  if (patch.is_null()) return paths;
  if (patch.contains("metadata")) {
    patch["metadata"].erase("resourceVersion");
    if (patch["metadata"].empty()) patch.erase("metadata");
  }
  paths_in(patch, Json::json_pointer(), paths);
  return paths;
}

bool is_ending(const Json& object) {
  return member(object, "metadata").contains("deletionTimestamp");
}

// Each look tells what became of a write whose answer was lost, or who else has written.
bool is_to_be_looked_at_again(const Outcome& outcome) {
  return outcome.reason == Reason::conflict || outcome.reason == Reason::unknown_outcome;
}

Outcome after_all_tries(Outcome last) {
  return last.reason == Reason::conflict
             ? ended(Reason::conflict, "somebody changes it all the time")
             : last;
}

Outcome still_ending() {
  Outcome outcome = ended(Reason::not_gone, "is still being deleted");
  outcome.put_off = PutOff::until_later;
  return outcome;
}

}  // namespace

Outcome UndoActor::act(Context& context, const UndoTask& task) {
  const EpochSeconds start = context.clock.wall_seconds();
  Outcome outcome =
      task.step.action == Action::remove ? remove(context, task) : put_back(context, task);
  outcome.attempts = 1;
  outcome.start_time = start;
  outcome.end_time = context.clock.wall_seconds();
  return outcome;
}

Outcome UndoActor::remove(Context& context, const UndoTask& task) {
  Outcome outcome;
  for (int i = 0; i < kTriesMax; ++i) {
    const auto live = live_object(context, task.step);
    if (!live.ok() && live.error().code == ErrorCode::not_found)
      return ended(has_deleted(task.step) ? Reason::removed : Reason::gone);
    if (!live.ok()) return refused(live.error());
    // An earlier run of this undo came further than it noted.
    if (task.prior && is_as_before(task, *live)) return ended(Reason::removed);
    if (!is_made_by_restore(task, *live)) {
      return task.outcome.is_made()
                 ? ended(Reason::changed_since, "another object of this name is there now")
                 : ended(Reason::gone, "the restore did not make it");
    }
    if (is_ending(*live)) return await_end(context, task.step);
    outcome = remove_live(context, task, *live);
    if (!is_to_be_looked_at_again(outcome)) return outcome;
  }
  return after_all_tries(std::move(outcome));
}

Outcome UndoActor::remove_live(Context& context, const UndoTask& task, const Json& live) {
  const auto changes = changes_since(task, live);
  if (!changes.ok()) return ended(Reason::damaged_item, changes.error().message);
  if (!changes->empty())
    return ended(Reason::changed_since, "changed since the restore: " + message_of(*changes));
  const auto left = contents(context, task.original, live);
  if (!left.ok()) return refused(left.error());
  if (!left->empty()) return ended(Reason::still_used, "still holds " + *left);
  const Json& metadata = member(live, "metadata");
  Context call = context.within(patience_.call);
  const auto removed = api_.remove(
      call, task.step.type, {task.step.target_namespace, task.step.target_name},
      {.uid = text_at(metadata, "uid"), .resource_version = text_at(metadata, "resourceVersion")});
  const bool may_be_done = removed.ok() || removed.error().code == ErrorCode::not_found ||
                           removed.error().code == ErrorCode::unknown_outcome;
  if (may_be_done) note_deleted(task.step);
  if (!removed.ok() && removed.error().code != ErrorCode::not_found)
    return refused(removed.error());
  return await_end(context, task.step);
}

void UndoActor::note_deleted(const Step& step) {
  const std::lock_guard lock(mutex_);
  deleted_.insert(step.number);
}

bool UndoActor::has_deleted(const Step& step) {
  const std::lock_guard lock(mutex_);
  return deleted_.contains(step.number);
}

// Finalizers, and whatever a namespace holds, may take their time.
Outcome UndoActor::await_end(Context& context, const Step& step) {
  const auto live = live_object(context, step);
  if (!live.ok() && live.error().code == ErrorCode::not_found) return ended(Reason::removed);
  if (!live.ok()) return refused(live.error());
  if (!is_ending(*live)) return ended(Reason::conflict, "was made again by somebody else");
  return still_ending();
}

Outcome UndoActor::put_back(Context& context, const UndoTask& task) {
  Outcome outcome;
  for (int i = 0; i < kTriesMax; ++i) {
    const auto live = live_object(context, task.step);
    const bool is_absent = !live.ok() && live.error().code == ErrorCode::not_found;
    if (!live.ok() && !is_absent) return refused(live.error());
    if (live.ok() && is_ending(*live)) return still_ending();
    outcome = is_absent ? create_again(context, task) : patch_back(context, task, *live);
    if (!is_to_be_looked_at_again(outcome)) return outcome;
  }
  return after_all_tries(std::move(outcome));
}

Outcome UndoActor::patch_back(Context& context, const UndoTask& task, const Json& live) {
  const Json now = comparable(task.original, live, render_);
  Json patch = patch_between(now, comparable(task.original, *task.prior, render_));
  if (patch.is_null()) return ended(Reason::put_back);
  if (uid_of(live) != uid_of(*task.prior))
    return ended(Reason::changed_since, "another object of this name is there now");
  if (task.original.action == Action::prune)
    return ended(Reason::changed_since, "changed since the restore, which did not delete it");
  const auto after = after_change(task);
  if (!after.ok()) return ended(Reason::damaged_item, after.error().message);
  const Json changed = patch_between(comparable(task.original, *after, render_), now);
  if (!changed.is_null())
    return ended(Reason::changed_since,
                 "changed since the restore: " + message_of(paths_in(changed)));
  patch["metadata"]["resourceVersion"] = text_at(member(live, "metadata"), "resourceVersion");
  Context call = context.within(patience_.call);
  const auto patched =
      api_.patch(call, task.step.type, {task.step.target_namespace, task.step.target_name},
                 kube::PatchKind::merge, patch, {.field_manager = undone_by_});
  if (!patched.ok()) return refused(patched.error());
  Outcome outcome = ended(Reason::put_back);
  outcome.uid = uid_of(*patched);
  return outcome;
}

// Only what the restore itself had deleted, which is why it is not there. One that was merely
// patched was deleted by somebody since.
Outcome UndoActor::create_again(Context& context, const UndoTask& task) {
  const bool may_delete =
      task.original.action == Action::recreate || task.original.action == Action::prune;
  const bool is_deleted_by_restore = may_delete &&
                                     row_of(task.outcome.reason).kind != ReasonClass::kept &&
                                     task.outcome.reason != Reason::replaced;
  if (!is_deleted_by_restore) {
    // An earlier run of this undo may have removed the namespace that the restore had made.
    const auto home = has_home(context, task.step.target_namespace);
    if (!home.ok()) return refused(home.error());
    return *home ? ended(Reason::changed_since, "somebody deleted it since the restore")
                 : ended(Reason::gone, "its namespace is gone");
  }
  Json object = *task.prior;
  drop_server_fields(object);
  auto owned = with_living_owners(context, std::move(object), task.step.target_namespace);
  if (!owned.ok()) return refused(owned.error());
  Context call = context.within(patience_.call);
  const auto made = api_.create(call, task.step.type, task.step.target_namespace, compact(*owned),
                                {.field_manager = undone_by_, .metadata_only = true});
  if (!made.ok()) return refused(made.error());
  Outcome outcome = ended(Reason::put_back);
  outcome.uid = uid_of(*made);
  outcome.http_status = 201;
  return outcome;
}

Result<bool> UndoActor::has_home(Context& context, const std::string& space) {
  if (space.empty()) return true;
  const kube::ResourceType namespaces{"", "v1", "namespaces", "Namespace", false, {}};
  const auto live = patiently(context, patience_, [&](Context& call) {
    return api_.get(call, namespaces, {"", space});
  });
  if (!live.ok() && live.error().code == ErrorCode::not_found) return false;
  if (!live.ok()) return live.error();
  return !is_ending(*live);
}

// Owners that were made anew have new uids; those that are not there would take it along.
Result<Json> UndoActor::with_living_owners(Context& context, Json object,
                                           const std::string& space) {
  Json living = Json::array();
  const Json owners = member(member(object, "metadata"), "ownerReferences");
  if (!owners.is_array()) return object;
  TRY(const kube::Discovery discovery,
      patiently(context, patience_, [&](Context& call) { return api_.discover(call); }));
  for (Json owner : owners) {
    const kube::ResourceType* type =
        discovery.find_kind(text_at(owner, "apiVersion"), text_at(owner, "kind"));
    if (type == nullptr) continue;
    const auto live = patiently(context, patience_, [&](Context& call) {
      return api_.get(call, *type, {type->namespaced ? space : "", text_at(owner, "name")});
    });
    if (!live.ok() && live.error().code != ErrorCode::not_found) return live.error();
    if (!live.ok() || is_ending(*live)) continue;
    owner["uid"] = uid_of(*live);
    living.push_back(std::move(owner));
  }
  object["metadata"].erase("ownerReferences");
  if (!living.empty()) object["metadata"]["ownerReferences"] = std::move(living);
  return object;
}

// Both must speak for it: the content differs, which a target's own defaults can do too, and
// somebody else has written.
Result<std::vector<std::string>> UndoActor::changes_since(const UndoTask& task,
                                                          const Json& live) const {
  std::vector<std::string> changes = foreign_writers(live, restored_by_);
  if (changes.empty()) return changes;
  TRY(const Rendered rendered, render(task.original, task.body, {}, render_));
  Step as_replacement = task.original;
  as_replacement.action = Action::replace;
  const Resolution found = resolve({as_replacement, task.body, rendered.object, live}, render_);
  return paths_in(found.difference.patch);
}

Result<Json> UndoActor::after_change(const UndoTask& task) const {
  TRY(const Rendered rendered, render(task.original, task.body, {}, render_));
  const Resolution change =
      resolve({task.original, task.body, rendered.object, *task.prior}, render_);
  Json after = *task.prior;
  if (!change.difference.patch.is_null()) after.merge_patch(change.difference.patch);
  return after;
}

Result<std::string> UndoActor::contents(Context& context, const Step& step, const Json& live) {
  const bool is_space = step.makes_namespace();
  const auto defined = definition_in(rule_for(step.source.group_resource), live);
  if (!is_space && !defined) return std::string();
  TRY(const kube::Discovery discovery,
      patiently(context, patience_, [&](Context& call) { return api_.discover(call); }));
  if (defined) {
    const kube::ResourceType* type = discovery.find(defined->group, defined->resource);
    return type == nullptr ? Result<std::string>(std::string()) : contents_of(context, *type, "");
  }
  for (const kube::ResourceType* type : discovery.preferred_types()) {
    if (!type->namespaced || !type->can("list") || !type->can("create")) continue;
    TRY(const std::string found, contents_of(context, *type, step.target_name));
    if (!found.empty()) return found;
  }
  return std::string();
}

// What a cluster puts into each namespace by itself, or takes away again by itself, does not count.
Result<std::string> UndoActor::contents_of(Context& context, const kube::ResourceType& type,
                                           const std::string& space) {
  kube::ListOptions options{.namespace_name = space, .limit = kContentsPage};
  while (true) {
    const auto page = patiently(context, patience_,
                                [&](Context& call) { return api_.list(call, type, options); });
    if (!page.ok()) {
      // Kinds without objects, such as reviews, and kinds that went meanwhile.
      if (page.error().code == ErrorCode::not_found) return std::string();
      return page.error();
    }
    for (const std::string& text : page->items) {
      TRY(const Json object, parse_object(text));
      if (is_ending(object) || skip_reason(rule_for(type.group_resource()), object)) continue;
      return type.kind + " " + text_at(member(object, "metadata"), "name");
    }
    if (page->continue_token.empty()) return std::string();
    options.continue_token = page->continue_token;
  }
}

Result<Json> UndoActor::live_object(Context& context, const Step& step) {
  return patiently(context, patience_, [&](Context& call) {
    return api_.get(call, step.type, {step.target_namespace, step.target_name});
  });
}

bool UndoActor::is_as_before(const UndoTask& task, const Json& live) const {
  return patch_between(comparable(task.original, live, render_),
                       comparable(task.original, *task.prior, render_))
      .is_null();
}

bool UndoActor::is_made_by_restore(const UndoTask& task, const Json& live) const {
  if (is_managed_by(live, restored_by_)) return true;
  const auto rendered = render(task.original, task.body, {}, render_);
  return rendered.ok() && is_made_by(live, restored_by_, rendered->object, render_.planned_at);
}

}  // namespace salvor::restore
