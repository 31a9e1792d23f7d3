#include "kube/testing/fake_deletion.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kube/testing/refusals.h"

namespace salvor::kube {
namespace {

constexpr const char* kForeground = "foregroundDeletion";
constexpr const char* kOrphan = "orphan";
constexpr const char* kImmortal[] = {"default", "kube-system", "kube-public"};

bool has_finalizer(const Json& object, const std::string& finalizer) {
  const Json& finalizers = member(member(object, "metadata"), "finalizers");
  return std::find(finalizers.begin(), finalizers.end(), finalizer) != finalizers.end();
}

void remove_finalizer(Json& object, const std::string& finalizer) {
  Json& metadata = object["metadata"];
  if (!metadata.contains("finalizers")) return;
  Json left = Json::array();
  for (const Json& present : metadata["finalizers"]) {
    if (present != finalizer) left.push_back(present);
  }
  if (left.empty()) {
    metadata.erase("finalizers");
  } else {
    metadata["finalizers"] = left;
  }
}

bool is_held(const Json& object) {
  return !member(member(object, "metadata"), "finalizers").empty() ||
         (text_at(object, "kind") == "Namespace" &&
          !member(member(object, "spec"), "finalizers").empty());
}

Result<void> check_removal(const FakeKind& kind, const Json& object, const RemoveOptions& options) {
  const Json& metadata = member(object, "metadata");
  const std::string name = text_at(metadata, "name");
  if (!options.uid.empty() && options.uid != text_at(metadata, "uid")) {
    return changed(kind.type, name,
                   "Precondition failed: UID in precondition: " + options.uid +
                       ", UID in object meta: " + text_at(metadata, "uid"));
  }
  const std::string version = text_at(metadata, "resourceVersion");
  if (!options.resource_version.empty() && options.resource_version != version) {
    return changed(kind.type, name,
                   "Precondition failed: ResourceVersion in precondition: " +
                       options.resource_version + ", ResourceVersion in object meta: " + version);
  }
  if (kind.type.group_resource() != "namespaces") return {};
  if (std::find(std::begin(kImmortal), std::end(kImmortal), name) != std::end(kImmortal)) {
    return forbidden(kind.type, name, "this namespace may not be deleted");
  }
  return {};
}

void request_propagation(Json& object, Propagation propagation) {
  remove_finalizer(object, kForeground);
  remove_finalizer(object, kOrphan);
  if (propagation == Propagation::background) return;
  Json& finalizers = object["metadata"]["finalizers"];
  if (!finalizers.is_array()) finalizers = Json::array();
  finalizers.push_back(propagation == Propagation::foreground ? kForeground : kOrphan);
}

bool owned_by(const Json& object, const std::string& uid) {
  const Json& owners = member(member(object, "metadata"), "ownerReferences");
  return std::any_of(owners.begin(), owners.end(),
                     [&](const Json& owner) { return text_at(owner, "uid") == uid; });
}

using Place = std::pair<std::string, ObjectKey>;

std::vector<Place> dependents_of(const FakeState& state, const std::string& uid) {
  std::vector<Place> found;
  for (const auto& [group_resource, key] : state.entangled()) {
    if (owned_by(*state.find(group_resource, key), uid)) found.emplace_back(group_resource, key);
  }
  return found;
}

// Keeps the owners for which `keep` holds; without any left the member goes too.
template <typename Keep>
Json with_owners(Json object, const Keep& keep) {
  Json left = Json::array();
  for (const Json& owner : object["metadata"]["ownerReferences"]) {
    if (keep(text_at(owner, "uid"))) left.push_back(owner);
  }
  if (left.empty()) {
    object["metadata"].erase("ownerReferences");
  } else {
    object["metadata"]["ownerReferences"] = left;
  }
  return object;
}

bool serve_orphan(FakeState& state, const Place& place, const Json& object) {
  if (!is_dying(object) || !has_finalizer(object, kOrphan)) return false;
  const std::string uid = uid_of(object);
  for (const auto& [group_resource, key] : dependents_of(state, uid)) {
    state.put(group_resource, with_owners(*state.find(group_resource, key),
                                          [&](const std::string& owner) { return owner != uid; }));
  }
  drop_finalizer(state, place.first, place.second, kOrphan);
  return true;
}

bool serve_foreground(FakeState& state, const Place& place, const Json& object) {
  if (!is_dying(object) || !has_finalizer(object, kForeground)) return false;
  bool acted = false;
  bool waits = false;
  for (const auto& [group_resource, key] : dependents_of(state, uid_of(object))) {
    waits = true;
    const FakeState::ObjectPtr dependent = state.find(group_resource, key);
    const FakeKind* kind = state.kind(group_resource);
    if (is_dying(*dependent) || !kind) continue;
    acted |= delete_object(state, *kind, key, {.propagation = Propagation::foreground}).ok();
  }
  if (waits) return acted;
  drop_finalizer(state, place.first, place.second, kForeground);
  return true;
}

bool serve_owners(FakeState& state, const Place& place, const Json& object) {
  const Json& owners = member(member(object, "metadata"), "ownerReferences");
  const auto present = std::count_if(owners.begin(), owners.end(), [&](const Json& owner) {
    return state.has_uid(text_at(owner, "uid"));
  });
  if (static_cast<std::size_t>(present) == owners.size()) return false;
  if (present > 0) {
    state.put(place.first,
              with_owners(object, [&](const std::string& uid) { return state.has_uid(uid); }));
    return true;
  }
  const FakeKind* kind = state.kind(place.first);
  return kind && !is_dying(object) && delete_object(state, *kind, place.second, {}).ok();
}

}  // namespace

Result<void> delete_object(FakeState& state, const FakeKind& kind, const ObjectKey& key,
                           const RemoveOptions& options) {
  const std::string group_resource = kind.type.group_resource();
  const FakeState::ObjectPtr found = state.find(group_resource, key);
  if (!found) return not_found(kind.type, key.name);
  TRY_VOID(check_removal(kind, *found, options));
  if (options.dry_run == DryRun::yes) return {};

  Json object = *found;
  request_propagation(object, options.propagation);
  if (!is_held(object)) {
    state.erase(group_resource, key);
    return {};
  }
  if (!is_dying(object)) {
    object["metadata"]["deletionTimestamp"] = state.timestamp();
    object["metadata"]["deletionGracePeriodSeconds"] = 0;
  }
  if (group_resource == "namespaces") object["status"]["phase"] = "Terminating";
  if (object != *found) state.put(group_resource, std::move(object));
  return {};
}

bool finish_deletion(FakeState& state, const std::string& group_resource, const ObjectKey& key) {
  const FakeState::ObjectPtr found = state.find(group_resource, key);
  if (!found || !is_dying(*found) || is_held(*found)) return false;
  state.erase(group_resource, key);
  return true;
}

void drop_finalizer(FakeState& state, const std::string& group_resource, const ObjectKey& key,
                    const std::string& finalizer) {
  const FakeState::ObjectPtr found = state.find(group_resource, key);
  if (!found) return;
  Json object = *found;
  remove_finalizer(object, finalizer);
  state.put(group_resource, std::move(object));
  finish_deletion(state, group_resource, key);
}

bool collect_garbage(FakeState& state) {
  bool acted = false;
  const std::set<Place> entangled = state.entangled();  // a copy: the loop changes the state
  for (const Place& place : entangled) {
    const FakeState::ObjectPtr object = state.find(place.first, place.second);
    if (!object) continue;
    acted |= serve_owners(state, place, *object);
    const FakeState::ObjectPtr now = state.find(place.first, place.second);
    if (!now) continue;
    acted |= serve_orphan(state, place, *now) || serve_foreground(state, place, *now);
  }
  return acted;
}

}  // namespace salvor::kube
