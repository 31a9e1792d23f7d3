// Which other objects an object names: the edges by which the cluster-scoped things that a chosen
// workload needs are found. Pure.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/item.h"

namespace salvor::restore {

// Cluster-scoped objects that this one cannot do without: classes, volumes, roles.
std::vector<ObjectName> needs_of(const std::string& group_resource, const Json& object);

// The namespaces whose service accounts a RoleBinding or ClusterRoleBinding serves, in all three
// forms of a subject (ServiceAccount, its User name, its namespace's Group).
std::set<std::string> account_namespaces_of(const Json& binding);

// The pod specification inside a workload, or null.
const Json& pod_spec_of(const Json& object);
// Where it may be: JSON pointers, deepest first.
std::span<const std::string_view> pod_spec_paths();

}  // namespace salvor::restore
