#include "backup/volumes.h"

#include <nlohmann/json.hpp>

namespace salvor::backup {
namespace {

std::string subject(const volume::ClaimToTake& claim) {
  return "claim " + claim.namespace_name + "/" + claim.name;
}

// https://github.com/velero-io/velero/blob/main/internal/volume/volumes_information.go
Json info_of(const volume::ClaimToTake& claim, const volume::TakenSnapshot& taken) {
  const bool is_skipped = taken.state == volume::TakeState::skipped;
  const bool is_taken = taken.state == volume::TakeState::taken;
  Json info = {{"pvcName", claim.name},
               {"pvcNamespace", claim.namespace_name},
               {"skipped", is_skipped},
               {"snapshotDataMoved", false}};
  if (is_skipped) {
    info["skippedReason"] = taken.problem;
    return info;
  }
  info["backupMethod"] = "CSISnapshot";
  info["result"] = is_taken ? "succeeded" : "failed";
  if (!is_taken) return info;
  info["csiSnapshotInfo"] = {{"driver", claim.driver},
                             {"snapshotHandle", taken.handle},
                             {"size", taken.restore_size_bytes},
                             {"ReadyToUse", true}};
  return info;
}

}  // namespace

VolumeChoice volume_choice(const Json& source) {
  VolumeChoice choice;
  choice.takes_snapshots = member(source, "snapshotPersistentVolumes") != false;
  const Json& seconds = member(source, "csi_snapshot_timeout");
  if (seconds.is_number_integer() && seconds.get<std::int64_t>() > 0) {
    choice.ready_within = std::chrono::seconds(seconds.get<std::int64_t>());
  }
  return choice;
}

Result<VolumeReport> take_volumes(Context& context, kube::Api& api, Inventory& inventory,
                                  const volume::TakeOptions& options,
                                  const volume::OnTakeProgress& progress) {
  const std::vector<volume::ClaimToTake> claims = inventory.bound_claims();
  VolumeReport report;
  const auto note = [&](const volume::TakeProgress& counts) {
    report.counts = counts;
    return progress(counts);
  };
  TRY(const std::vector<volume::TakenSnapshot> taken,
      volume::take_snapshots(context, api, claims, options, note));
  Json info = Json::array();
  for (std::size_t i = 0; i < claims.size(); ++i) {
    info.push_back(info_of(claims[i], taken[i]));
    const std::string line = subject(claims[i]) + ": " + taken[i].problem;
    switch (taken[i].state) {
      case volume::TakeState::taken:
        inventory.note_snapshot(claims[i], taken[i]);
        report.bytes += taken[i].restore_size_bytes;
        break;
      case volume::TakeState::skipped:
        report.warnings.push_back("no snapshot of " + line);
        break;
      case volume::TakeState::failed:
        report.problems.push_back("the snapshot of " + line);
        break;
    }
  }
  report.volume_info = compact(info);
  return report;
}

Json progress_fields(const volume::TakeProgress& progress) {
  const std::size_t ended = progress.taken + progress.failed + progress.skipped;
  return {{"num_volume_snapshots_attempted", progress.attempted - progress.skipped},
          {"num_volume_snapshots_completed", progress.taken},
          {"num_total_snapshots", progress.attempted},
          {"kube_snapshot_progress",
           {{"total_pvs", progress.attempted},
            {"pending_pvs", 0},
            {"active_pvs", progress.attempted - ended},
            {"completed_pvs", progress.taken},
            {"failed_pvs", progress.failed},
            {"skipped_pvs", progress.skipped}}}};
}

}  // namespace salvor::backup
