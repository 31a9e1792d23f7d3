// Which other objects an object names: the edges by which the cluster-scoped things that a chosen
// workload needs are found. Pure.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/item.h"
#include "restore/label_requirements.h"

namespace salvor::restore {

// Objects that this one cannot do without: classes, volumes, roles, the account of a token.
std::vector<ObjectName> needs_of(const std::string& group_resource, const Json& object);

// The namespaces whose service accounts a RoleBinding or ClusterRoleBinding serves, in all three
// forms of a subject (ServiceAccount, its User name, its namespace's Group).
std::set<std::string> account_namespaces_of(const Json& binding);

// Which cluster roles an aggregated one is made of. They are found by label, so all have to be seen
// first.
class AggregatedRoles {
 public:
  // Requires: the item has its number. Other kinds are looked past.
  void note(const Item& item, const Json& object);
  // To the needs of the aggregated ones. Requires: `items` by number.
  void add_needs(std::vector<Item>& items) const;

 private:
  std::vector<std::pair<ObjectName, Json>> labels_;
  std::vector<std::pair<std::size_t, std::vector<LabelRequirement>>> selectors_;
};

// The pod specification inside a workload, or null.
const Json& pod_spec_of(const Json& object);
// Where it may be: JSON pointers, deepest first.
std::span<const std::string_view> pod_spec_paths();

}  // namespace salvor::restore
