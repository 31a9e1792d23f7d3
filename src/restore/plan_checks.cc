#include "restore/plan_checks.h"

namespace salvor::restore {
namespace {

// In-tree provisioners are named so; everything else is a driver of its own (the Kubernetes
// documentation, "Storage Classes", provisioner).
bool is_in_tree(const std::string& provisioner) {
  return provisioner.starts_with("kubernetes.io/");
}

Result<void> check_storage_class(const std::string& source, const std::string& target,
                                 const ClusterFacts& facts) {
  const auto found = facts.storage_classes.find(target);
  if (found == facts.storage_classes.end()) {
    return error(ErrorCode::invalid,
                 "storage_class_map: " + source + " maps to " + target +
                     ", and the target cluster has no storage class of that name")
        .with_hint("create the storage class or map to one of the cluster's own");
  }
  if (is_in_tree(found->second.provisioner)) {
    return error(ErrorCode::invalid, "storage_class_map: " + source + " maps to " + target +
                                         ", whose provisioner " + found->second.provisioner +
                                         " is not a CSI driver")
        .with_hint("map to a storage class with a CSI driver");
  }
  const std::string& provisioner = found->second.provisioner;
  if (!facts.csi_drivers.empty() && !facts.csi_drivers.contains(provisioner)) {
    return error(ErrorCode::invalid, "storage_class_map: " + source + " maps to " + target +
                                         ", whose provisioner " + provisioner +
                                         " is none of the target's CSI drivers")
        .with_hint("map to a storage class with a CSI driver");
  }
  return {};
}

Error missing_item(const Options& options, std::size_t index) {
  const ItemChoice& choice = options.items[index];
  const std::string home = choice.namespace_name.empty() ? "" : choice.namespace_name + "/";
  return error(ErrorCode::invalid, "selection.items[" + std::to_string(index) +
                                       "]: " + choice.type + " " + home + choice.name +
                                       " is not in the recovery point")
      .with_hint("choose another recovery point, or correct type, namespace and name");
}

}  // namespace

Result<void> check_request(const Selected& selected, const ClusterFacts& facts,
                           const Options& options) {
  if (!selected.missing.empty()) return missing_item(options, selected.missing.front());
  TRY_VOID(options.namespace_map.check(selected.namespaces));
  for (const auto& [source, target] : options.storage_class_map) {
    TRY_VOID(check_storage_class(source, target, facts));
  }
  return {};
}

}  // namespace salvor::restore
