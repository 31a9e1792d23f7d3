// Deployments, ReplicaSets and StatefulSets of a fake cluster: enough that restored workloads adopt
// or make their Pods, as they would.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "kube/testing/fake_admission.h"
#include "kube/testing/fake_controllers.h"
#include "kube/testing/fake_deletion.h"

namespace salvor::kube {
namespace {

constexpr const char* kReplicaSets = "replicasets.apps";

bool selects(const Json& owner, const Json& object) {
  const Json& wanted = member(member(member(owner, "spec"), "selector"), "matchLabels");
  const Json& labels = member(member(object, "metadata"), "labels");
  if (wanted.empty()) return false;
  return std::all_of(wanted.items().begin(), wanted.items().end(),
                     [&](const auto& item) { return member(labels, item.key()) == item.value(); });
}

const Json* controller_of(const Json& object) {
  for (const Json& owner : member(member(object, "metadata"), "ownerReferences")) {
    if (owner.value("controller", false)) return &owner;
  }
  return nullptr;
}

Json reference_to(const Json& owner) {
  return {{"apiVersion", text_at(owner, "apiVersion")},
          {"kind", text_at(owner, "kind")},
          {"name", key_of(owner).name},
          {"uid", uid_of(owner)},
          {"controller", true},
          {"blockOwnerDeletion", true}};
}

// The objects that this owner controls, orphans that it selects adopted on the way.
std::vector<ObjectKey> controlled(FakeState& state, const Json& owner, const char* group_resource) {
  std::vector<ObjectKey> keys;
  const FakeState::Objects present = state.objects(group_resource);
  for (const auto& [key, object] : present) {
    if (key.namespace_name != key_of(owner).namespace_name || is_dying(*object)) continue;
    const Json* controller = controller_of(*object);
    if (controller ? text_at(*controller, "uid") != uid_of(owner) : !selects(owner, *object)) {
      continue;
    }
    if (!controller) {
      Json adopted = *object;
      adopted["metadata"]["ownerReferences"].push_back(reference_to(owner));
      state.put(group_resource, std::move(adopted));
    }
    keys.push_back(key);
  }
  return keys;
}

bool create(FakeState& state, const char* group_resource, const Json& owner, Json object) {
  const FakeKind* kind = state.kind(group_resource);
  object["metadata"]["ownerReferences"] = Json::array({reference_to(owner)});
  Result<Json> admitted = admit_create(state, *kind, key_of(owner).namespace_name, compact(object),
                                       {.field_manager = "kube-controller-manager"});
  if (!admitted.ok()) return false;
  state.put(group_resource, std::move(admitted).value());
  return true;
}

Json pod_of(const Json& owner, const std::string& name) {
  const Json& pod_template = owner.at("spec").at("template");
  Json pod = {{"apiVersion", "v1"}, {"kind", "Pod"}, {"spec", pod_template.at("spec")}};
  if (pod_template.contains("metadata")) pod["metadata"] = pod_template.at("metadata");
  if (name.empty()) {
    pod["metadata"]["generateName"] = key_of(owner).name + "-";
  } else {
    pod["metadata"]["name"] = name;
  }
  return pod;
}

std::size_t wanted_replicas(const Json& owner) {
  return static_cast<std::size_t>(std::max(0, owner.at("spec").value("replicas", 1)));
}

bool report_ready(FakeState& state, const char* group_resource, const Json& owner) {
  const Json& status = member(owner, "status");
  const auto replicas = wanted_replicas(owner);
  if (status.is_object() && status.value("readyReplicas", std::size_t{0}) == replicas) return false;
  Json ready = owner;
  ready["status"].update({{"replicas", replicas},
                          {"readyReplicas", replicas},
                          {"availableReplicas", replicas},
                          {"observedGeneration", member(owner.at("metadata"), "generation")}});
  state.put(group_resource, std::move(ready));
  return true;
}

Json template_of(const Json& owner) {
  Json pod_template = owner.at("spec").at("template");
  if (member(member(pod_template, "metadata"), "labels").is_object()) {
    pod_template["metadata"]["labels"].erase("pod-template-hash");
  }
  return pod_template;
}

bool step_deployment(FakeState& state, const Json& deployment) {
  for (const ObjectKey& key : controlled(state, deployment, kReplicaSets)) {
    const FakeState::ObjectPtr set = state.find(kReplicaSets, key);
    if (template_of(*set) != template_of(deployment)) continue;
    if (wanted_replicas(*set) == wanted_replicas(deployment)) {
      return report_ready(state, "deployments.apps", deployment);
    }
    Json scaled = *set;
    scaled["spec"]["replicas"] = wanted_replicas(deployment);
    state.put(kReplicaSets, std::move(scaled));
    return true;
  }
  const std::string hash = state.next_suffix();
  Json set = {{"apiVersion", "apps/v1"}, {"kind", "ReplicaSet"}, {"spec", deployment.at("spec")}};
  set["metadata"]["name"] = key_of(deployment).name + "-" + hash;
  for (Json* labels : {&set["metadata"]["labels"], &set["spec"]["selector"]["matchLabels"],
                       &set["spec"]["template"]["metadata"]["labels"]}) {
    (*labels)["pod-template-hash"] = hash;
  }
  set["metadata"]["labels"].update(deployment.at("spec").at("selector").at("matchLabels"));
  return create(state, kReplicaSets, deployment, std::move(set));
}

bool step_replica_set(FakeState& state, const Json& set) {
  const std::vector<ObjectKey> pods = controlled(state, set, "pods");
  bool acted = false;
  for (std::size_t i = pods.size(); i < wanted_replicas(set); ++i) {
    acted |= create(state, "pods", set, pod_of(set, ""));
  }
  for (std::size_t i = wanted_replicas(set); i < pods.size(); ++i) {
    acted |= delete_object(state, *state.kind("pods"), pods[i], {}).ok();
  }
  return acted || report_ready(state, kReplicaSets, set);
}

bool step_stateful_set(FakeState& state, const Json& set) {
  controlled(state, set, "pods");
  bool acted = false;
  for (std::size_t i = 0; i < wanted_replicas(set); ++i) {
    const std::string name = key_of(set).name + "-" + std::to_string(i);
    if (state.find("pods", {key_of(set).namespace_name, name})) continue;
    acted |= create(state, "pods", set, pod_of(set, name));
  }
  return acted || report_ready(state, "statefulsets.apps", set);
}

bool step_pod(FakeState& state, const Json& pod) {
  if (text_at(member(pod, "status"), "phase") != "Pending") return false;
  Json running = pod;
  const Json ready = {{"type", "Ready"}, {"status", "True"}};
  running["status"] = {{"phase", "Running"}, {"conditions", Json::array({ready})}};
  state.put("pods", std::move(running));
  return true;
}

struct LoopRow {
  const char* group_resource;
  bool (*step)(FakeState&, const Json&);
};

constexpr LoopRow kLoops[] = {{"deployments.apps", step_deployment},
                              {kReplicaSets, step_replica_set},
                              {"statefulsets.apps", step_stateful_set},
                              {"pods", step_pod}};

}  // namespace

bool step_workloads(FakeState& state) {
  bool acted = false;
  for (const LoopRow& loop : kLoops) {
    const FakeState::Objects present = state.objects(loop.group_resource);
    for (const auto& [key, object] : present) {
      const FakeState::ObjectPtr now = state.find(loop.group_resource, key);
      if (now && !is_dying(*now)) acted |= loop.step(state, *now);
    }
  }
  return acted;
}

}  // namespace salvor::kube
