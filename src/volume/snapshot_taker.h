// Takes snapshots of the volumes of claims, and keeps them in their storage whatever becomes of the
// objects in the cluster.
//
// For each claim a VolumeSnapshot is made and waited for. Then its content, which stands for the
// snapshot in the storage, gets the policy Retain and the recovery point's mark, and the
// VolumeSnapshot goes: a namespace can be deleted, and its snapshots stay. The content is what a
// removal finds later. All claims are asked for before any is waited for, so that the snapshots are
// of about one moment.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/context.h"
#include "kube/api.h"

namespace salvor::volume {

struct ClaimToTake {
  std::string namespace_name;
  std::string name;
  std::string driver;  // of its volume, such as "ebs.csi.aws.com"; "": not CSI
};

enum class TakeState {
  taken,
  skipped,  // its storage has no snapshots
  failed,
};

struct TakenSnapshot {
  TakeState state = TakeState::failed;
  std::string handle = {};  // of the snapshot in its storage
  std::string class_name = {};
  std::uint64_t restore_size_bytes = 0;  // what a volume made from it needs; 0: not known
  std::string problem = {};              // why there is none
};

struct TakeOptions {
  std::string job_id = {};
  std::string recovery_point_id = {};
  Duration ready_within{std::chrono::minutes(10)};
  // Until the snapshot controller has seen it, if there is one at all.
  Duration seen_within{std::chrono::minutes(2)};
  // After the storage has said that it failed: it may try again meanwhile.
  Duration after_an_error{std::chrono::seconds(60)};
};

struct TakeProgress {
  std::size_t attempted = 0;
  std::size_t taken = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
};
// Told after each look at them; its error ends the taking.
using OnTakeProgress = std::function<Result<void>(const TakeProgress&)>;

// One for each claim, in their order. What only one claim suffers is in its `problem`; an error
// means that the cluster is out of reach or the job is stopped, and what was made is still there,
// for remove_snapshots().
Result<std::vector<TakenSnapshot>> take_snapshots(Context& context, kube::Api& api,
                                                  const std::vector<ClaimToTake>& claims,
                                                  const TakeOptions& options,
                                                  const OnTakeProgress& progress);

}  // namespace salvor::volume
