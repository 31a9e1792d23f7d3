// Kubernetes's label selectors, for the fake: "app=web,tier!=db,env in (a,b),!legacy".
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace salvor::kube {

class LabelSelector {
 public:
  // Fails with invalid as the API server does (400).
  static Result<LabelSelector> parse(const std::string& text);

  // `labels` is an object's metadata.labels, or null. The empty selector matches everything.
  bool matches(const Json& labels) const;

 private:
  enum class Operator { in, not_in, exists, not_exists };
  struct Requirement {
    std::string key;
    Operator op = Operator::exists;
    std::vector<std::string> values;
  };
  class Parser;
  static bool holds(const Requirement& requirement, const Json& labels);

  std::vector<Requirement> requirements_;
};

}  // namespace salvor::kube
