#include "restore/references.h"

#include <array>

#include "restore/subjects.h"

namespace salvor::restore {
namespace {

// Where workloads of any kind keep their pod specification, deepest first.
const std::array kPodSpecs = {
    Json::json_pointer("/spec/jobTemplate/spec/template/spec"),
    Json::json_pointer("/spec/template/spec"),
    Json::json_pointer("/spec"),
};

// One edge of the table below: an object of `from` (or any, when empty) names, at `path`, a
// cluster-scoped object of `to`.
struct NamedAt {
  std::string_view from;
  std::string_view path;
  std::string_view to;
};

constexpr NamedAt kNamedAt[] = {
    {"persistentvolumeclaims", "/spec/storageClassName", "storageclasses.storage.k8s.io"},
    {"persistentvolumeclaims", "/metadata/annotations/volume.beta.kubernetes.io~1storage-class",
     "storageclasses.storage.k8s.io"},
    {"persistentvolumeclaims", "/spec/volumeName", "persistentvolumes"},
    {"ingresses.networking.k8s.io", "/spec/ingressClassName", "ingressclasses.networking.k8s.io"},
};

constexpr NamedAt kNamedByPods[] = {
    {"", "/priorityClassName", "priorityclasses.scheduling.k8s.io"},
    {"", "/runtimeClassName", "runtimeclasses.node.k8s.io"},
};

void append_named(std::vector<ObjectName>& needs, const Json& object, const NamedAt& edge) {
  const Json::json_pointer path{std::string(edge.path)};
  if (!object.contains(path)) return;
  const Json& name = object.at(path);
  if (name.is_string() && !name.get_ref<const std::string&>().empty()) {
    needs.push_back({std::string(edge.to), "", name.get<std::string>()});
  }
}

void append_claim_templates(std::vector<ObjectName>& needs, const Json& object) {
  const Json& templates = member(member(object, "spec"), "volumeClaimTemplates");
  if (!templates.is_array()) return;
  for (const Json& claim : templates) {
    append_named(needs, claim, {"", "/spec/storageClassName", "storageclasses.storage.k8s.io"});
  }
}

void append_role(std::vector<ObjectName>& needs, const Json& object) {
  const Json& role = member(object, "roleRef");
  if (text_at(role, "kind") != "ClusterRole") return;
  needs.push_back({"clusterroles.rbac.authorization.k8s.io", "", text_at(role, "name")});
}

}  // namespace

const Json& pod_spec_of(const Json& object) {
  static const Json none;
  for (const auto& path : kPodSpecs) {
    if (!object.contains(path)) continue;
    const Json& spec = object.at(path);
    if (spec.is_object() && spec.contains("containers")) return spec;
  }
  return none;
}

std::vector<ObjectName> needs_of(const std::string& group_resource, const Json& object) {
  std::vector<ObjectName> needs;
  for (const NamedAt& edge : kNamedAt) {
    if (edge.from == group_resource) append_named(needs, object, edge);
  }
  const Json& pods = pod_spec_of(object);
  for (const NamedAt& edge : kNamedByPods) append_named(needs, pods, edge);
  append_claim_templates(needs, object);
  append_role(needs, object);
  return needs;
}

std::set<std::string> account_namespaces_of(const Json& binding) {
  std::set<std::string> namespaces;
  const Json& subjects = member(binding, "subjects");
  if (!subjects.is_array()) return namespaces;
  for (const Json& subject : subjects) {
    if (const auto name = namespace_of_subject(subject)) namespaces.insert(*name);
  }
  return namespaces;
}

}  // namespace salvor::restore
