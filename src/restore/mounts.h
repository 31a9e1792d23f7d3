// Which claims an object cannot start without: so that a workload waits for its own volumes, and
// not for all. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/plan.h"

namespace salvor::restore {

// Names of claims in the object's namespace that its pods mount. One that ends in '*' stands for
// all that begin so: a StatefulSet's claims are numbered.
std::set<std::string> mounted_claims(const Json& object);

// Lets steps wait for the claims that they mount, where these take long to fill. Custom resources,
// whose operators may use any claim, wait for all of their namespace. Requires: numbered steps.
void link_mounts(const std::vector<Item>& items, std::vector<Step>& steps);

}  // namespace salvor::restore
