#include "kube/testing/fake_kinds.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.h"

namespace salvor::kube {
namespace {

enum class Scope { cluster, namespaced };
enum class StatusField { no, yes };

const std::vector<std::string> kVerbs = {"create", "delete", "deletecollection", "get",
                                         "list",   "patch",  "update",           "watch"};

struct Row {
  const char* group;
  const char* version;
  const char* resource;
  const char* kind;
  Scope scope;
  StatusField status;
  NameRule names = NameRule::subdomain;
};

constexpr auto kCluster = Scope::cluster;
constexpr auto kNamespaced = Scope::namespaced;
constexpr auto kStatus = StatusField::yes;
constexpr auto kNoStatus = StatusField::no;
constexpr const char* kRbac = "rbac.authorization.k8s.io";
constexpr const char* kNetworking = "networking.k8s.io";
constexpr const char* kExtensions = "apiextensions.k8s.io";

constexpr const char* kAdmission = "admissionregistration.k8s.io";

constexpr Row kRows[] = {
    {"", "v1", "namespaces", "Namespace", kCluster, kStatus, NameRule::label},
    {"", "v1", "nodes", "Node", kCluster, kStatus},
    {"", "v1", "persistentvolumes", "PersistentVolume", kCluster, kStatus},
    {"", "v1", "configmaps", "ConfigMap", kNamespaced, kNoStatus},
    {"", "v1", "secrets", "Secret", kNamespaced, kNoStatus},
    {"", "v1", "services", "Service", kNamespaced, kStatus, NameRule::service_label},
    {"", "v1", "serviceaccounts", "ServiceAccount", kNamespaced, kNoStatus},
    {"", "v1", "pods", "Pod", kNamespaced, kStatus},
    {"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", kNamespaced, kStatus},
    {"", "v1", "endpoints", "Endpoints", kNamespaced, kNoStatus},
    {"", "v1", "replicationcontrollers", "ReplicationController", kNamespaced, kStatus},
    {"", "v1", "resourcequotas", "ResourceQuota", kNamespaced, kStatus},
    {"", "v1", "limitranges", "LimitRange", kNamespaced, kNoStatus},
    {"", "v1", "events", "Event", kNamespaced, kNoStatus},
    {"apps", "v1", "deployments", "Deployment", kNamespaced, kStatus},
    {"apps", "v1", "statefulsets", "StatefulSet", kNamespaced, kStatus},
    {"apps", "v1", "daemonsets", "DaemonSet", kNamespaced, kStatus},
    {"apps", "v1", "replicasets", "ReplicaSet", kNamespaced, kStatus},
    {"apps", "v1", "controllerrevisions", "ControllerRevision", kNamespaced, kNoStatus},
    {"batch", "v1", "jobs", "Job", kNamespaced, kStatus},
    {"batch", "v1", "cronjobs", "CronJob", kNamespaced, kStatus},
    {kRbac, "v1", "roles", "Role", kNamespaced, kNoStatus, NameRule::path_segment},
    {kRbac, "v1", "rolebindings", "RoleBinding", kNamespaced, kNoStatus, NameRule::path_segment},
    {kRbac, "v1", "clusterroles", "ClusterRole", kCluster, kNoStatus, NameRule::path_segment},
    {kRbac, "v1", "clusterrolebindings", "ClusterRoleBinding", kCluster, kNoStatus,
     NameRule::path_segment},
    {kNetworking, "v1", "ingresses", "Ingress", kNamespaced, kStatus},
    {kNetworking, "v1", "networkpolicies", "NetworkPolicy", kNamespaced, kNoStatus},
    {kNetworking, "v1", "ingressclasses", "IngressClass", kCluster, kNoStatus},
    {"storage.k8s.io", "v1", "storageclasses", "StorageClass", kCluster, kNoStatus},
    {"storage.k8s.io", "v1", "csidrivers", "CSIDriver", kCluster, kNoStatus},
    {"policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", kNamespaced, kStatus},
    {"autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", kNamespaced,
     kStatus},
    {"autoscaling", "v1", "horizontalpodautoscalers", "HorizontalPodAutoscaler", kNamespaced,
     kStatus},
    {"scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", kCluster, kNoStatus},
    {kExtensions, "v1", "customresourcedefinitions", "CustomResourceDefinition", kCluster, kStatus},
    {kAdmission, "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", kCluster,
     kNoStatus},
    {kAdmission, "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration",
     kCluster, kNoStatus},
    {"coordination.k8s.io", "v1", "leases", "Lease", kNamespaced, kNoStatus},
    {"discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", kNamespaced, kNoStatus},
    {"apiregistration.k8s.io", "v1", "apiservices", "APIService", kCluster, kStatus},
};

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_label(const std::string& text, std::size_t length_max) {
  if (text.empty() || text.size() > length_max) return false;
  const bool allowed = std::all_of(text.begin(), text.end(),
                                   [](char c) { return is_lower_or_digit(c) || c == '-'; });
  return allowed && text.front() != '-' && text.back() != '-';
}

bool is_subdomain(const std::string& text) {
  if (text.empty() || text.size() > 253) return false;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t dot = std::min(text.find('.', start), text.size());
    if (!is_label(text.substr(start, dot - start), 253)) return false;
    start = dot + 1;
  }
  return true;
}

bool is_path_segment(const std::string& text) {
  return !text.empty() && text != "." && text != ".." &&
         text.find_first_of("/%") == std::string::npos;
}

bool is_service_label(const std::string& text) {
  return is_label(text, 63) && text.front() >= 'a' && text.front() <= 'z';
}

}  // namespace

std::vector<FakeKind> default_kinds() {
  std::vector<FakeKind> kinds;
  for (const Row& row : kRows) {
    ResourceType type{.group = row.group,
                      .version = row.version,
                      .resource = row.resource,
                      .kind = row.kind,
                      .namespaced = row.scope == Scope::namespaced,
                      .verbs = kVerbs};
    kinds.push_back({std::move(type), row.names, row.status == StatusField::yes});
  }
  return kinds;
}

std::vector<FakeKind> kinds_of(const Json& definition) {
  std::vector<FakeKind> kinds;
  const Json& spec = member(definition, "spec");
  for (const Json& version : member(spec, "versions")) {
    if (!version.value("served", false)) continue;
    ResourceType type{.group = text_at(spec, "group"),
                      .version = text_at(version, "name"),
                      .resource = text_at(member(spec, "names"), "plural"),
                      .kind = text_at(member(spec, "names"), "kind"),
                      .namespaced = text_at(spec, "scope") == "Namespaced",
                      .verbs = kVerbs};
    const bool has_status = member(version, "subresources").contains("status");
    kinds.push_back({std::move(type), NameRule::subdomain, has_status});
  }
  return kinds;
}

std::string broken_name_rule(NameRule rule, const std::string& name) {
  switch (rule) {
    case NameRule::subdomain:
      return is_subdomain(name) ? ""
                                : "a lowercase RFC 1123 subdomain must consist of lower case "
                                  "alphanumeric characters, '-' or '.', and must start and end "
                                  "with an alphanumeric character";
    case NameRule::label:
      return is_label(name, 63) ? ""
                                : "a lowercase RFC 1123 label must consist of lower case "
                                  "alphanumeric characters or '-', and must start and end with an "
                                  "alphanumeric character";
    case NameRule::service_label:
      return is_service_label(name) ? ""
                                    : "a DNS-1035 label must consist of lower case alphanumeric "
                                      "characters or '-', start with an alphabetic character, and "
                                      "end with an alphanumeric character";
    case NameRule::path_segment:
      return is_path_segment(name) ? "" : "may not contain '/' or '%', nor be '.' or '..'";
  }
  return "";
}

}  // namespace salvor::kube
