#include "restore/references.h"

#include <array>

#include "restore/subjects.h"

namespace salvor::restore {
namespace {

// Where workloads of any kind keep their pod specification, deepest first.
constexpr std::array<std::string_view, 3> kPodSpecs = {
    "/spec/jobTemplate/spec/template/spec",
    "/spec/template/spec",
    "/spec",
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
    {"ingresses.networking.k8s.io", "/metadata/annotations/kubernetes.io~1ingress.class",
     "ingressclasses.networking.k8s.io"},
};

constexpr NamedAt kNamedByPods[] = {
    {"", "/priorityClassName", "priorityclasses.scheduling.k8s.io"},
    {"", "/runtimeClassName", "runtimeclasses.node.k8s.io"},
};

constexpr std::string_view kClusterRoles = "clusterroles.rbac.authorization.k8s.io";

void append_named(std::vector<ObjectName>& needs, const Json& object, const NamedAt& edge) {
  const Json::json_pointer path{std::string(edge.path)};
  if (!object.contains(path)) return;
  const Json& name = object.at(path);
  if (name.is_string() && !name.get_ref<const std::string&>().empty()) {
    needs.push_back({std::string(edge.to), "", name.get<std::string>()});
  }
}

// Of a claim, or of a template of one: in its field, or in the annotation that came before it.
void append_class(std::vector<ObjectName>& needs, const Json& claim) {
  constexpr std::string_view classes = "storageclasses.storage.k8s.io";
  append_named(needs, claim, {"", "/spec/storageClassName", classes});
  append_named(needs, claim,
               {"", "/metadata/annotations/volume.beta.kubernetes.io~1storage-class", classes});
}

void append_claim_templates(std::vector<ObjectName>& needs, const Json& object) {
  const Json& templates = member(member(object, "spec"), "volumeClaimTemplates");
  if (!templates.is_array()) return;
  for (const Json& claim : templates) {
    append_class(needs, claim);
  }
}

// Volumes that come and go with their pod.
void append_ephemeral_volumes(std::vector<ObjectName>& needs, const Json& pods) {
  const Json& volumes = member(pods, "volumes");
  if (!volumes.is_array()) return;
  for (const Json& volume : volumes)
    append_class(needs, member(member(volume, "ephemeral"), "volumeClaimTemplate"));
}

void append_role(std::vector<ObjectName>& needs, const Json& object) {
  const Json& role = member(object, "roleRef");
  if (text_at(role, "kind") != "ClusterRole") return;
  needs.push_back({std::string(kClusterRoles), "", text_at(role, "name")});
}

// The API server deletes a token without its account.
void append_account(std::vector<ObjectName>& needs, const Json& object) {
  if (text_at(object, "type") != "kubernetes.io/service-account-token") return;
  const Json& metadata = member(object, "metadata");
  const std::string account =
      text_at(member(metadata, "annotations"), "kubernetes.io/service-account.name");
  if (!account.empty())
    needs.push_back({"serviceaccounts", text_at(metadata, "namespace"), account});
}

}  // namespace

std::span<const std::string_view> pod_spec_paths() { return kPodSpecs; }

const Json& pod_spec_of(const Json& object) {
  static const Json none;
  static const std::array<Json::json_pointer, kPodSpecs.size()> pointers = {
      Json::json_pointer(std::string(kPodSpecs[0])), Json::json_pointer(std::string(kPodSpecs[1])),
      Json::json_pointer(std::string(kPodSpecs[2]))};
  for (const auto& path : pointers) {
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
  append_ephemeral_volumes(needs, pods);
  append_claim_templates(needs, object);
  append_role(needs, object);
  append_account(needs, object);
  return needs;
}

void AggregatedRoles::note(const Item& item, const Json& object) {
  if (item.name.group_resource != kClusterRoles) return;
  labels_.emplace_back(item.object_name(), member(member(object, "metadata"), "labels"));
  const Json& selectors = member(member(object, "aggregationRule"), "clusterRoleSelectors");
  if (!selectors.is_array()) return;
  for (const Json& selector : selectors) {
    auto wanted = label_requirements_in(selector);
    // One that cannot be read chooses none, as no API server took it.
    if (wanted.ok()) selectors_.emplace_back(item.number, *std::move(wanted));
  }
}

void AggregatedRoles::add_needs(std::vector<Item>& items) const {
  for (const auto& [number, wanted] : selectors_) {
    for (const auto& [name, labels] : labels_) {
      if (all_hold(wanted, labels)) items[number].needs.push_back(name);
    }
  }
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
