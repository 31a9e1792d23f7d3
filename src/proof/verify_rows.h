// The volumes of a recovery point that is verified: what of each is to be looked at, what was
// found, and their rows in kubepvcprogress. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "proof/problem.h"
#include "volume/copy_access.h"
#include "volume/snapshot_removal.h"

namespace salvor::proof {

enum class VolumeState { pending, active, completed, failed, skipped };

struct VerifiedVolume {
  std::string namespace_name;
  std::string name;
  volume::StoredSnapshot snapshot;  // of a SNAPSHOT; an empty handle: none
  std::string copy;                 // the repository's snapshot, of a COPY; "": none

  VolumeState state = VolumeState::pending;
  std::string message;
  volume::CopyCheck read;  // of a COPY
  std::vector<Problem> problems;
  std::string row_id;  // of its row

  std::string object() const { return "volume " + namespace_name + "/" + name; }
  bool has_ended() const;
};

// From the recovery point's kubepvclaims rows, those that had a volume, by namespace and name.
std::vector<VerifiedVolume> volumes_of(const std::vector<Json>& claim_rows);

// What came of a volume.
void take_copy_check(VerifiedVolume& volume, const volume::CopyCheck& check);
void take_problems(VerifiedVolume& volume, std::vector<Problem> problems);

Json progress_row(const VerifiedVolume& volume, const std::string& job_id);
// Takes over what an earlier run of the job has noted of a copy. Snapshots are looked at again.
void take_row(VerifiedVolume& volume, const Json& row);

// The job's field that tells of all.
Json verify_progress(const std::vector<VerifiedVolume>& volumes);
// A volume in the evidence.
Json evidence_row(const VerifiedVolume& volume);

}  // namespace salvor::proof
