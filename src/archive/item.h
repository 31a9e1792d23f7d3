// The name of one Kubernetes object inside a backup.
#pragma once

#include <string>

namespace salvor::archive {

struct ItemName {
  std::string group_resource;  // "deployments.apps", or "pods" for the core group
  std::string version;         // the source's preferred version, such as "v1"
  std::string namespace_name;  // "" for cluster-scoped objects
  std::string name;
  auto operator<=>(const ItemName&) const = default;
};

}  // namespace salvor::archive
