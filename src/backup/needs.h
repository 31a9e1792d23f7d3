// Which cluster-scoped objects the objects of a backup cannot do without. Collected while these
// stream by, as names only. Pure.
#pragma once

#include <map>
#include <set>
#include <string>

#include "base/json.h"

namespace salvor::backup {

// Names of cluster-scoped objects by their group_resource.
using Needs = std::map<std::string, std::set<std::string>>;

// Whether objects of the type can need anything; others are not even parsed.
bool can_need(const std::string& group_resource);
// Adds what one object names: a claim its volume and class, a pod or a workload its priority and
// runtime classes, a binding its cluster role, an ingress its class.
void add_needs(const std::string& group_resource, const Json& object, Needs& needs);

// A service account, or all of a namespace (name "*"), or all of the cluster (both "*").
struct Account {
  std::string namespace_name;
  std::string name;
  auto operator<=>(const Account&) const = default;
};
// The service accounts among a binding's subjects, in each of the forms that RBAC has for them:
// ServiceAccount, User "system:serviceaccount:<ns>:<name>", Group "system:serviceaccounts[:<ns>]".
std::set<Account> bound_accounts(const Json& binding);

// A namespaced Service that a webhook configuration or an APIService calls.
struct ServiceName {
  std::string namespace_name;
  std::string name;
  auto operator<=>(const ServiceName&) const = default;
};
std::set<ServiceName> called_services(const Json& object);

// The label selectors, in Kubernetes's syntax, by which a cluster role gathers others.
std::set<std::string> gathered_roles(const Json& cluster_role);

}  // namespace salvor::backup
