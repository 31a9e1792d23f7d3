#include "backup/needs.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

namespace salvor::backup {
namespace {

constexpr std::string_view kVolumes = "persistentvolumes";
constexpr std::string_view kClasses = "storageclasses.storage.k8s.io";
constexpr std::string_view kRoles = "clusterroles.rbac.authorization.k8s.io";

// A name in objects of one type. In a path '|' stands between members, as their names may hold
// slashes and dots, and "*" for each element of a list.
struct NameAt {
  std::string_view group_resource;
  std::string_view path;
  std::string_view needed;
};
constexpr NameAt kNames[] = {
    {"persistentvolumeclaims", "spec|volumeName", kVolumes},
    {"persistentvolumeclaims", "spec|storageClassName", kClasses},
    {"persistentvolumeclaims", "metadata|annotations|volume.beta.kubernetes.io/storage-class",
     kClasses},
    {kVolumes, "spec|storageClassName", kClasses},
    {"statefulsets.apps", "spec|volumeClaimTemplates|*|spec|storageClassName", kClasses},
    {"statefulsets.apps",
     "spec|volumeClaimTemplates|*|metadata|annotations|volume.beta.kubernetes.io/storage-class",
     kClasses},
    {"ingresses.networking.k8s.io", "spec|ingressClassName", "ingressclasses.networking.k8s.io"},
    {"ingresses.networking.k8s.io", "metadata|annotations|kubernetes.io/ingress.class",
     "ingressclasses.networking.k8s.io"},
    {"gateways.gateway.networking.k8s.io", "spec|gatewayClassName",
     "gatewayclasses.gateway.networking.k8s.io"},
    {"volumesnapshots.snapshot.storage.k8s.io", "spec|volumeSnapshotClassName",
     "volumesnapshotclasses.snapshot.storage.k8s.io"},
};

// Where the pod of each kind of workload is described.
struct PodAt {
  std::string_view group_resource;
  std::string_view path;
};
constexpr PodAt kPods[] = {
    {"pods", "spec"},
    {"podtemplates", "template|spec"},
    {"replicationcontrollers", "spec|template|spec"},
    {"deployments.apps", "spec|template|spec"},
    {"replicasets.apps", "spec|template|spec"},
    {"statefulsets.apps", "spec|template|spec"},
    {"daemonsets.apps", "spec|template|spec"},
    {"jobs.batch", "spec|template|spec"},
    {"cronjobs.batch", "spec|jobTemplate|spec|template|spec"},
};

// Names within a pod's description.
constexpr NameAt kPodNames[] = {
    {"", "priorityClassName", "priorityclasses.scheduling.k8s.io"},
    {"", "runtimeClassName", "runtimeclasses.node.k8s.io"},
    {"", "volumes|*|ephemeral|volumeClaimTemplate|spec|storageClassName", kClasses},
};

constexpr std::string_view kBindings[] = {"rolebindings.rbac.authorization.k8s.io",
                                          "clusterrolebindings.rbac.authorization.k8s.io"};

bool is_binding(std::string_view group_resource) {
  return group_resource == kBindings[0] || group_resource == kBindings[1];
}

// Calls `found` with each value at the path.
template <typename Found>
void each_at(const Json& value, std::string_view path, const Found& found) {
  if (path.empty()) return found(value);
  const std::size_t bar = std::min(path.find('|'), path.size());
  const std::string_view first = path.substr(0, bar);
  const std::string_view rest = bar < path.size() ? path.substr(bar + 1) : "";
  if (first != "*") return each_at(member(value, first), rest, found);
  if (!value.is_array()) return;
  for (const Json& element : value) each_at(element, rest, found);
}

void add_names(const Json& value, const NameAt& row, Needs& needs) {
  each_at(value, row.path, [&](const Json& name) {
    if (!name.is_string() || name.get_ref<const std::string&>().empty()) return;
    needs[std::string(row.needed)].insert(name.get<std::string>());
  });
}

constexpr std::string_view kUserPrefix = "system:serviceaccount:";
constexpr std::string_view kGroupPrefix = "system:serviceaccounts";

// "app in (a,b),tier=front" of a LabelSelector object.
std::string selector_text(const Json& selector) {
  std::vector<std::string> parts;
  const Json& labels = member(selector, "matchLabels");
  if (labels.is_object()) {
    for (const auto& [key, value] : labels.items()) {
      if (value.is_string()) parts.push_back(key + "=" + value.get<std::string>());
    }
  }
  for (const Json& expression : member(selector, "matchExpressions")) {
    const std::string key = text_at(expression, "key");
    const std::string how = text_at(expression, "operator");
    std::string values;
    for (const Json& value : member(expression, "values")) {
      if (value.is_string()) values += (values.empty() ? "" : ",") + value.get<std::string>();
    }
    if (how == "Exists") parts.push_back(key);
    if (how == "DoesNotExist") parts.push_back("!" + key);
    if (how == "In") parts.push_back(key + " in (" + values + ")");
    if (how == "NotIn") parts.push_back(key + " notin (" + values + ")");
  }
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

}  // namespace

bool can_need(const std::string& group_resource) {
  for (const NameAt& row : kNames) {
    if (row.group_resource == group_resource) return true;
  }
  for (const PodAt& row : kPods) {
    if (row.group_resource == group_resource) return true;
  }
  return is_binding(group_resource);
}

void add_needs(const std::string& group_resource, const Json& object, Needs& needs) {
  for (const NameAt& row : kNames) {
    if (row.group_resource == group_resource) add_names(object, row, needs);
  }
  for (const PodAt& pod : kPods) {
    if (pod.group_resource != group_resource) continue;
    each_at(object, pod.path, [&](const Json& spec) {
      for (const NameAt& row : kPodNames) add_names(spec, row, needs);
    });
  }
  if (!is_binding(group_resource)) return;
  const Json& role = member(object, "roleRef");
  if (text_at(role, "kind") == "ClusterRole") {
    needs[std::string(kRoles)].insert(text_at(role, "name"));
  }
}

std::set<Account> bound_accounts(const Json& binding) {
  std::set<Account> accounts;
  for (const Json& subject : member(binding, "subjects")) {
    const std::string kind = text_at(subject, "kind");
    const std::string name = text_at(subject, "name");
    if (kind == "ServiceAccount") accounts.insert({text_at(subject, "namespace"), name});
    if (kind == "Group" && name == kGroupPrefix) accounts.insert({"*", "*"});
    if (kind == "Group" && name.starts_with(std::string(kGroupPrefix) + ":")) {
      accounts.insert({name.substr(kGroupPrefix.size() + 1), "*"});
    }
    if (kind == "User" && name.starts_with(kUserPrefix)) {
      const std::size_t colon = name.find(':', kUserPrefix.size());
      if (colon == std::string::npos) continue;
      accounts.insert(
          {name.substr(kUserPrefix.size(), colon - kUserPrefix.size()), name.substr(colon + 1)});
    }
  }
  return accounts;
}

std::set<ServiceName> called_services(const Json& object) {
  std::set<ServiceName> services;
  const auto add = [&](const Json& service) {
    if (!service.is_object()) return;
    services.insert({text_at(service, "namespace"), text_at(service, "name")});
  };
  each_at(object, "webhooks|*|clientConfig|service", add);
  each_at(object, "spec|service", add);
  return services;
}

std::set<std::string> gathered_roles(const Json& cluster_role) {
  std::set<std::string> selectors;
  each_at(cluster_role, "aggregationRule|clusterRoleSelectors|*", [&](const Json& selector) {
    const std::string text = selector_text(selector);
    if (!text.empty()) selectors.insert(text);
  });
  return selectors;
}

}  // namespace salvor::backup
