#include "volume/snapshot_classes.h"

#include <nlohmann/json.hpp>

#include "volume/listing.h"
#include "volume/marks.h"

namespace salvor::volume {
namespace {

int rank_of(const Json& metadata) {
  if (text_at(member(metadata, "labels"), "velero.io/csi-volumesnapshot-class") == "true") return 2;
  const std::string is_default =
      text_at(member(metadata, "annotations"), "snapshot.storage.kubernetes.io/is-default-class");
  return is_default == "true" ? 1 : 0;
}

}  // namespace

Result<SnapshotClasses> SnapshotClasses::load(Context& context, kube::Api& api) {
  SnapshotClasses classes;
  const auto listed = list_all(context, api, snapshot_class_type(), {});
  if (!listed.ok() && listed.error().code == ErrorCode::not_found) return classes;
  if (!listed.ok()) return listed.error();
  classes.has_api_ = true;
  for (const Json& snapshot_class : *listed) classes.add(snapshot_class);
  return classes;
}

void SnapshotClasses::add(const Json& snapshot_class) {
  const Json& metadata = member(snapshot_class, "metadata");
  const Best candidate{rank_of(metadata), text_at(metadata, "name")};
  const auto [best, is_new] = by_driver_.emplace(text_at(snapshot_class, "driver"), candidate);
  if (is_new) return;
  const bool is_better =
      candidate.rank > best->second.rank ||
      (candidate.rank == best->second.rank && candidate.name < best->second.name);
  if (is_better) best->second = candidate;
}

const std::string* SnapshotClasses::of_driver(const std::string& driver) const {
  const auto found = by_driver_.find(driver);
  return found == by_driver_.end() ? nullptr : &found->second.name;
}

}  // namespace salvor::volume
