#include "restore/data_obstacles.h"

#include <optional>

#include "restore/rules.h"
#include "volume/marks.h"

namespace salvor::restore {
namespace {

// The storage class that the claim names in the backup.
std::optional<ObjectName> named_class(const Item& claim) {
  for (const ObjectName& need : claim.needs) {
    if (rule_for(need.group_resource).is_storage_class) return need;
  }
  return std::nullopt;
}

std::string default_class(const ClusterFacts& facts) {
  for (const auto& [name, fact] : facts.storage_classes) {
    if (fact.is_default) return name;
  }
  return "";
}

}  // namespace

std::string obstacle_to(const volume::StoredSnapshot& snapshot, const Item& claim,
                        const ClusterFacts& facts, const Options& options,
                        const std::function<bool(const ObjectName&)>& is_made) {
  const kube::ResourceType& type = volume::snapshot_type();
  if (facts.discovery.find(type.group, type.resource) == nullptr)
    return "the target does not serve " + type.group_resource();
  if (!facts.csi_drivers.contains(snapshot.driver))
    return "the target has no CSI driver " + snapshot.driver;
  const auto named = named_class(claim);
  std::string name = named ? named->name : default_class(facts);
  if (name.empty()) return "the target has no default storage class";
  const auto mapped = options.storage_class_map.find(name);
  const bool is_mapped = named && mapped != options.storage_class_map.end();
  if (is_mapped) name = mapped->second;
  const auto found = facts.storage_classes.find(name);
  if (found == facts.storage_classes.end()) {
    const bool comes = named && !is_mapped && is_made(*named);
    return comes ? "" : "the target has no storage class " + name;
  }
  if (found->second.provisioner == snapshot.driver) return "";
  return "storage class " + name + " is of driver " + found->second.provisioner +
         ", and the snapshot is of driver " + snapshot.driver;
}

}  // namespace salvor::restore
