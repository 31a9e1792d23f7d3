// Label selectors as Kubernetes objects hold them (matchLabels and matchExpressions):
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ . Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/result.h"

namespace salvor::restore {

// One of `matchExpressions`, or an entry of `matchLabels` as an In with one value.
struct LabelRequirement {
  enum class Operator { in, not_in, exists, does_not_exist };
  std::string key;
  Operator operation = Operator::in;
  std::set<std::string> values;
};

// None for null. Fails with invalid.
Result<std::vector<LabelRequirement>> label_requirements_in(const Json& selector);

bool all_hold(const std::vector<LabelRequirement>& requirements, const Json& labels);

}  // namespace salvor::restore
