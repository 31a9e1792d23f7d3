// What objects ask of a namespace's quotas. Pure.
// https://kubernetes.io/docs/concepts/policy/resource-quotas/
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace salvor::restore {

// By a quota's name for it: "count/deployments.apps", "requests.storage", "requests.cpu". CPU is in
// thousandths, all else in whole units.
using Amounts = std::map<std::string, std::uint64_t>;

struct Demand {
  Amounts items;  // by the object itself: over quota, it is refused
  Amounts pods;   // by the pods that a workload makes: over quota, these are not made
};

Demand demand_of(const std::string& group_resource, const Json& object);

// What a quota's text says of one name; nothing when it is no quantity.
std::optional<std::uint64_t> quota_amount(const std::string& name, const std::string& text);

}  // namespace salvor::restore
