// Looks whether the snapshots of a recovery point are still there and can be restored from.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/context.h"
#include "kube/api.h"
#include "proof/problem.h"
#include "volume/movers.h"
#include "volume/snapshot_removal.h"

namespace salvor::proof {

struct SnapshotTask {
  std::string point_id;
  std::string job_id;
  volume::MoverPlace place;  // whose namespace holds what is made for the look
};

struct SnapshotToLookAt {
  std::string object;  // "volume shop/data"
  volume::StoredSnapshot snapshot;
};

using OnSnapshotLooked = std::function<Result<void>(std::size_t index, std::vector<Problem>)>;

// Asks the storage as a restore would: by a content and a VolumeSnapshot for the handle, marked
// with the job, which must be ready and go again. Fails when the cluster cannot be reached, or when
// `on_looked` does.
Result<void> look_at_snapshots(Context& context, kube::Api& api, const SnapshotTask& task,
                               const std::vector<SnapshotToLookAt>& snapshots,
                               const OnSnapshotLooked& on_looked);

}  // namespace salvor::proof
