// How objects that Salvor makes in a cluster for the data of volumes are told from others', and the
// kinds of the snapshot API.
// https://kubernetes.io/docs/concepts/storage/volume-snapshots/
#pragma once

#include <string>

#include "kube/api.h"

namespace salvor::volume {

// Labels. Everything of a job, or of a recovery point, is found and removed by them.
inline constexpr const char* kJobLabel = "salvor.io/job";
inline constexpr const char* kPointLabel = "salvor.io/recovery-point";

enum class MarkedBy { job, recovery_point };

// What marks an object, and its selector.
struct Mark {
  MarkedBy by = MarkedBy::job;
  std::string id = {};

  const char* label() const { return by == MarkedBy::job ? kJobLabel : kPointLabel; }
  std::string selector() const { return std::string(label()) + "=" + id; }
};

const kube::ResourceType& claim_type();
const kube::ResourceType& event_type();
const kube::ResourceType& snapshot_type();
const kube::ResourceType& content_type();
const kube::ResourceType& snapshot_class_type();

// "VolumeSnapshot" in the group "snapshot.storage.k8s.io": what a claim's dataSource names.
Json snapshot_source(const std::string& snapshot_name);

}  // namespace salvor::volume
