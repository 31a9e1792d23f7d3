#include "restore/data_obstacles.h"

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

// Of a provisioner that makes no volumes: they are there already, or nobody makes any.
constexpr std::string_view kNoProvisioner = "kubernetes.io/no-provisioner";

std::optional<DataObstacle> obstacle_in_class(const ClaimData& data, const std::string& name,
                                              const std::string& provisioner) {
  if (data.has_copy()) {
    if (provisioner != kNoProvisioner) return std::nullopt;
    return DataObstacle{Reason::class_missing, "storage class " + name + " makes no volumes"};
  }
  if (provisioner == data.snapshot.driver) return std::nullopt;
  return DataObstacle{Reason::snapshot_unusable,
                      "storage class " + name + " is of driver " + provisioner +
                          ", and the snapshot is of driver " + data.snapshot.driver};
}

std::optional<DataObstacle> obstacle_to_snapshot(const volume::StoredSnapshot& snapshot,
                                                 const ClusterFacts& facts) {
  const kube::ResourceType& type = volume::snapshot_type();
  if (facts.discovery.find(type.group, type.resource) == nullptr) {
    return DataObstacle{Reason::snapshot_unusable,
                        "the target does not serve " + type.group_resource()};
  }
  if (facts.csi_drivers.contains(snapshot.driver)) return std::nullopt;
  return DataObstacle{Reason::snapshot_unusable, "the target has no CSI driver " + snapshot.driver};
}

}  // namespace

std::string source_of(const ClaimData& data) {
  constexpr std::size_t kBrief = 8;
  if (data.has_copy()) return "copy " + data.copy.substr(0, kBrief);
  return "snapshot " + data.snapshot.handle + " of driver " + data.snapshot.driver;
}

std::optional<DataObstacle> obstacle_to(const ClaimData& data, const Item& claim,
                                        const ClusterFacts& facts, const Options& options,
                                        const std::function<bool(const ObjectName&)>& is_made) {
  if (!data.has_copy()) {
    auto obstacle = obstacle_to_snapshot(data.snapshot, facts);
    if (obstacle) return obstacle;
  }
  const auto named = named_class(claim);
  std::string name = named ? named->name : default_class(facts);
  if (name.empty())
    return DataObstacle{Reason::class_missing, "the target has no default storage class"};
  const auto mapped = options.storage_class_map.find(name);
  const bool is_mapped = named && mapped != options.storage_class_map.end();
  if (is_mapped) name = mapped->second;
  const auto found = facts.storage_classes.find(name);
  if (found != facts.storage_classes.end())
    return obstacle_in_class(data, name, found->second.provisioner);
  if (named && !is_mapped && is_made(*named)) return std::nullopt;
  return DataObstacle{Reason::class_missing, "the target has no storage class " + name};
}

}  // namespace salvor::restore
