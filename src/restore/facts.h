// What the planner knows of the target cluster, as a value: gathered before, looked at by a pure
// function, so that a plan can be made again from the same facts.
#pragma once

#include <map>
#include <set>
#include <string>

#include "kube/api.h"
#include "restore/item.h"

namespace salvor::restore {

enum class NamespaceState { active, terminating };

struct StorageClassFact {
  std::string provisioner;
  bool is_default = false;
};

struct ClusterFacts {
  kube::Discovery discovery;
  std::map<std::string, NamespaceState> namespaces;
  std::map<std::string, StorageClassFact> storage_classes;
  std::set<std::string> default_classes;  // group-resources that have a default or global default
  std::set<std::string> volumes;          // names of persistent volumes
  std::map<std::string, std::string>
      volume_handles;                      // storage handle -> persistent volume that holds it
  std::set<ObjectName> existing_copyable;  // existing objects of kinds with copy_when_exists
};

}  // namespace salvor::restore
