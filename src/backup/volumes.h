// The volumes of a backup: which of its claims have data, and what became of their snapshots.
#pragma once

#include <string>
#include <vector>

#include "backup/inventory.h"
#include "base/context.h"
#include "kube/api.h"
#include "volume/snapshot_taker.h"

namespace salvor::backup {

struct VolumeReport {
  volume::TakeProgress counts;
  std::uint64_t bytes = 0;            // of the volumes that were taken
  std::vector<std::string> problems;  // snapshots that failed; one line for people each
  std::vector<std::string> warnings;  // volumes whose storage has no snapshots
  std::string volume_info = "[]";     // for the archive, as Velero writes it
};

// What a backup's source says of volumes.
struct VolumeChoice {
  bool takes_snapshots = true;
  Duration ready_within{std::chrono::minutes(10)};
};
VolumeChoice volume_choice(const Json& source);

// Takes snapshots of all bound claims of the inventory and notes them there. Fails as
// take_snapshots() does.
Result<VolumeReport> take_volumes(Context& context, kube::Api& api, Inventory& inventory,
                                  const volume::TakeOptions& options,
                                  const volume::OnTakeProgress& progress);

// The fields of a job that tell of its snapshots.
Json progress_fields(const volume::TakeProgress& progress);

}  // namespace salvor::backup
