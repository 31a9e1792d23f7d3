// Where pods and volumes can be: node selectors, required node affinity, taints. Pure.
// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace salvor::restore {

struct NodeFact {
  std::string name;
  Json labels;
  Json taints;  // of its spec; without those that Kubernetes sets and takes away by itself
};

NodeFact node_fact_in(const Json& node);

// What a volume, or the pods of an object, ask of a node, as their spec has it.
struct Placement {
  bool is_volume = false;  // may be reached from a node that pods may not be on
  Json selector;           // labels; null when none
  Json terms;              // of the affinity, of which one has to hold; null when none
  Json tolerations;

  bool operator<(const Placement& other) const;
  // "disk=fast", "zone In a|b or gpu Exists"; "" when any labels do.
  std::string wanted() const;
};

// None when the object is neither a static volume with an affinity nor has pods.
std::optional<Placement> placement_of(const std::string& group_resource, const Json& object);

// What cannot be judged (an operator of the future) fits.
bool fits_labels(const Placement& placement, const NodeFact& node);
bool tolerates(const Placement& placement, const NodeFact& node);

}  // namespace salvor::restore
