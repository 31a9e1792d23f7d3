// What the planner knows of the target cluster, as a value: gathered before, looked at by a pure
// function, so that a plan can be made again from the same facts.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "kube/api.h"
#include "restore/demands.h"
#include "restore/item.h"
#include "restore/placement.h"

namespace salvor::restore {

enum class NamespaceState { active, terminating };

struct VolumeFact {
  std::string claim;         // that it is bound to or kept for, "shop/data"; "": any
  bool is_released = false;  // that claim was deleted, and no new one of its name gets the volume
};

struct StorageClassFact {
  std::string provisioner;
  bool is_default = false;
};

// A webhook that is asked at creations of some types, "*" being all.
struct WebhookFact {
  struct Types {
    std::set<std::string> groups, versions, resources;
    bool operator==(const Types&) const = default;
  };
  std::string name;
  bool refuses_when_down = false;
  std::vector<Types> types;

  bool matches(const kube::ResourceType& type) const;
};

// Something that the cluster's credentials may not do.
struct DeniedAccess {
  std::string verb;
  std::string group_resource;
  std::string namespace_name;
  auto operator<=>(const DeniedAccess&) const = default;
};

struct ClusterFacts {
  kube::Discovery discovery;
  std::string resource_version;  // what is made from now on is younger
  std::map<std::string, NamespaceState> namespaces;
  std::map<std::string, StorageClassFact> storage_classes;
  std::set<std::string> default_classes;  // group-resources that have a default or global default
  std::set<std::string> csi_drivers;
  std::map<std::string, VolumeFact> volumes;  // persistent volumes
  std::map<std::string, std::string>
      volume_handles;                      // storage handle -> persistent volume that holds it
  std::set<ObjectName> existing_copyable;  // existing objects of kinds with copy_when_exists
  // For a plan that is shown; a restore is told by the API server.
  std::vector<WebhookFact> webhooks;
  std::vector<DeniedAccess> denied;
  struct Quota {
    std::string name;
    Amounts left;  // what may still be asked for
  };
  std::map<std::string, std::vector<Quota>> quotas;  // by namespace
  std::vector<NodeFact> nodes;
  std::map<std::string, std::string> hosts;         // host -> "Ingress shop/web", which has it
  std::map<std::string, std::string> pod_security;  // namespace -> level that it enforces
};

}  // namespace salvor::restore
