#include "volume/marks.h"

#include <nlohmann/json.hpp>

namespace salvor::volume {
namespace {

constexpr const char* kGroup = "snapshot.storage.k8s.io";

}  // namespace

const kube::ResourceType& claim_type() {
  static const kube::ResourceType type{"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim",
                                       true};
  return type;
}

const kube::ResourceType& event_type() {
  static const kube::ResourceType type{"", "v1", "events", "Event", true};
  return type;
}

const kube::ResourceType& snapshot_type() {
  static const kube::ResourceType type{kGroup, "v1", "volumesnapshots", "VolumeSnapshot", true};
  return type;
}

const kube::ResourceType& content_type() {
  static const kube::ResourceType type{kGroup, "v1", "volumesnapshotcontents",
                                       "VolumeSnapshotContent", false};
  return type;
}

const kube::ResourceType& snapshot_class_type() {
  static const kube::ResourceType type{kGroup, "v1", "volumesnapshotclasses", "VolumeSnapshotClass",
                                       false};
  return type;
}

Json snapshot_source(const std::string& snapshot_name) {
  return {{"apiGroup", kGroup}, {"kind", "VolumeSnapshot"}, {"name", snapshot_name}};
}

}  // namespace salvor::volume
