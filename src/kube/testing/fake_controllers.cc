#include "kube/testing/fake_controllers.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kube/testing/fake_admission.h"
#include "kube/testing/fake_deletion.h"

namespace salvor::kube {
namespace {

constexpr const char* kDefinitions = "customresourcedefinitions.apiextensions.k8s.io";
constexpr const char* kCleanup = "customresourcecleanup.apiextensions.k8s.io";

void ensure(FakeState& state, const std::string& group_resource, Json object) {
  if (state.find(group_resource, key_of(object))) return;
  object["metadata"]["uid"] = state.next_uid();
  object["metadata"]["creationTimestamp"] = state.timestamp();
  note_manager(object, "kube-controller-manager", state.timestamp());
  state.put(group_resource, std::move(object));
}

bool furnish(FakeState& state, const std::string& namespace_name) {
  const std::uint64_t before = state.revision();
  ensure(state, "serviceaccounts",
         {{"apiVersion", "v1"},
          {"kind", "ServiceAccount"},
          {"metadata", {{"name", "default"}, {"namespace", namespace_name}}}});
  ensure(
      state, "configmaps",
      {{"apiVersion", "v1"},
       {"kind", "ConfigMap"},
       {"metadata", {{"name", "kube-root-ca.crt"}, {"namespace", namespace_name}}},
       {"data", {{"ca.crt", "-----BEGIN CERTIFICATE-----\nfake\n-----END CERTIFICATE-----\n"}}}});
  return state.revision() != before;
}

// The keys of a type's objects in one namespace ("" for all), as a copy that survives changes.
std::vector<ObjectKey> keys_in(const FakeState& state, const std::string& group_resource,
                               const std::string& namespace_name) {
  std::vector<ObjectKey> keys;
  for (const auto& [key, object] : state.objects(group_resource)) {
    if (namespace_name.empty() || key.namespace_name == namespace_name) keys.push_back(key);
  }
  return keys;
}

struct Sweep {
  bool acted = false;
  bool empty = true;  // there was nothing to delete to begin with
};

Sweep sweep(FakeState& state, const FakeKind& kind, const std::string& namespace_name) {
  Sweep result;
  const std::string group_resource = kind.type.group_resource();
  for (const ObjectKey& key : keys_in(state, group_resource, namespace_name)) {
    result.empty = false;
    if (is_dying(*state.find(group_resource, key))) continue;
    result.acted |= delete_object(state, kind, key, {}).ok();
  }
  return result;
}

bool step_dying_namespace(FakeState& state, const std::string& name) {
  bool acted = false;
  bool empty = true;
  const std::vector<FakeKind> kinds = state.kinds();
  for (const FakeKind& kind : kinds) {
    if (!kind.type.namespaced) continue;
    const Sweep swept = sweep(state, kind, name);
    acted |= swept.acted;
    empty &= swept.empty;
  }
  if (!empty) return acted;
  Json object = *state.find("namespaces", {"", name});
  object["spec"]["finalizers"] = Json::array();
  state.put("namespaces", std::move(object));
  finish_deletion(state, "namespaces", {"", name});
  return true;
}

Json condition(const FakeState& state, const char* type, const char* reason) {
  return {{"type", type},
          {"status", "True"},
          {"reason", reason},
          {"lastTransitionTime", state.timestamp()}};
}

void establish(FakeState& state, Json definition) {
  const Json& spec = definition.at("spec");
  definition["status"] = {
      {"acceptedNames", spec.at("names")},
      {"storedVersions", Json::array({text_at(spec.at("versions").at(0), "name")})},
      {"conditions", Json::array({condition(state, "NamesAccepted", "NoConflicts"),
                                  condition(state, "Established", "InitialNamesAccepted")})}};
  definition["metadata"]["finalizers"] = Json::array({kCleanup});
  state.put(kDefinitions, std::move(definition));
}

bool same_types(const FakeState& state, const std::string& name,
                const std::vector<FakeKind>& wanted) {
  std::vector<ResourceType> served, expected;
  for (const FakeKind& kind : state.kinds()) {
    if (kind.type.group_resource() == name) served.push_back(kind.type);
  }
  for (const FakeKind& kind : wanted) expected.push_back(kind.type);
  return served == expected;
}

bool step_dying_definition(FakeState& state, const ObjectKey& key) {
  bool acted = false;
  if (const FakeKind* kind = state.kind(key.name)) {
    const Sweep swept = sweep(state, *kind, "");
    if (!swept.empty) return swept.acted;
    state.serve(key.name, {});
    acted = true;
  }
  drop_finalizer(state, kDefinitions, key, kCleanup);
  return acted || !state.find(kDefinitions, key);
}

bool step_definition(FakeState& state, const ObjectKey& key) {
  const FakeState::ObjectPtr definition = state.find(kDefinitions, key);
  if (is_dying(*definition)) return step_dying_definition(state, key);
  if (member(member(*definition, "status"), "conditions").empty()) {
    establish(state, *definition);
    state.serve(key.name, kinds_of(*definition));
    return true;
  }
  std::vector<FakeKind> wanted = kinds_of(*definition);
  if (same_types(state, key.name, wanted)) return false;
  state.serve(key.name, std::move(wanted));
  return true;
}

bool fits(const Json& claim, const Json& volume) {
  const Json& reference = member(member(volume, "spec"), "claimRef");
  const ObjectKey key = key_of(claim);
  if (reference.is_null()) return true;
  const std::string uid = text_at(reference, "uid");
  return text_at(reference, "namespace") == key.namespace_name &&
         text_at(reference, "name") == key.name && (uid.empty() || uid == uid_of(claim));
}

// The volume that a claim asks for by name, or that asks for the claim; null when there is none.
FakeState::ObjectPtr volume_for(const FakeState& state, const Json& claim) {
  const std::string wanted = text_at(member(claim, "spec"), "volumeName");
  for (const auto& [key, volume] : state.objects("persistentvolumes")) {
    const bool is_asked_for =
        wanted.empty() ? member(volume->at("spec"), "claimRef").is_object() : key.name == wanted;
    if (is_asked_for && fits(claim, *volume)) return volume;
  }
  return nullptr;
}

void bind(FakeState& state, Json claim, Json volume) {
  claim["spec"]["volumeName"] = key_of(volume).name;
  claim["metadata"]["annotations"]["pv.kubernetes.io/bind-completed"] = "yes";
  claim["status"]["phase"] = "Bound";
  volume["spec"]["claimRef"] = {{"apiVersion", "v1"},
                                {"kind", "PersistentVolumeClaim"},
                                {"namespace", key_of(claim).namespace_name},
                                {"name", key_of(claim).name},
                                {"uid", uid_of(claim)}};
  volume["status"]["phase"] = "Bound";
  state.put("persistentvolumes", std::move(volume));
  state.put("persistentvolumeclaims", std::move(claim));
}

bool release_if_lost(FakeState& state, const ObjectKey& key) {
  const Json& volume = *state.find("persistentvolumes", key);
  if (text_at(member(volume, "status"), "phase") != "Bound") return false;
  if (state.has_uid(text_at(member(member(volume, "spec"), "claimRef"), "uid"))) return false;
  Json released = volume;
  released["status"]["phase"] = "Released";
  state.put("persistentvolumes", std::move(released));
  return true;
}

}  // namespace

bool step_namespaces(FakeState& state) {
  bool acted = false;
  for (const ObjectKey& key : keys_in(state, "namespaces", "")) {
    const bool dying = is_dying(*state.find("namespaces", key));
    acted |= dying ? step_dying_namespace(state, key.name) : furnish(state, key.name);
  }
  return acted;
}

bool step_definitions(FakeState& state) {
  bool acted = false;
  for (const ObjectKey& key : keys_in(state, kDefinitions, ""))
    acted |= step_definition(state, key);
  return acted;
}

bool step_volumes(FakeState& state) {
  bool acted = false;
  for (const ObjectKey& key : keys_in(state, "persistentvolumeclaims", "")) {
    const FakeState::ObjectPtr claim = state.find("persistentvolumeclaims", key);
    if (text_at(member(*claim, "status"), "phase") == "Bound" || is_dying(*claim)) continue;
    const FakeState::ObjectPtr volume = volume_for(state, *claim);
    if (!volume) continue;
    bind(state, *claim, *volume);
    acted = true;
  }
  for (const ObjectKey& key : keys_in(state, "persistentvolumes", "")) {
    acted |= release_if_lost(state, key);
  }
  return acted;
}

bool step_controllers(FakeState& state, Workloads workloads) {
  bool acted = step_namespaces(state);
  acted |= step_definitions(state);
  acted |= step_volumes(state);
  if (workloads == Workloads::running) acted |= step_workloads(state);
  acted |= collect_garbage(state);
  return acted;
}

}  // namespace salvor::kube
