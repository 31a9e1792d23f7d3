// The catalog's rows of a copy: its recovery point, its claims, and how far each volume is. Pure.
#pragma once

#include <string>
#include <vector>

#include "archive/seal.h"
#include "backup/volume_copies.h"
#include "base/json.h"
#include "catalog/catalog.h"

namespace salvor::backup {

// Whether a claim of a recovery point had a volume.
bool had_volume(const Json& claim_row);
// Such a claim, and what it is copied from.
ClaimToCopy claim_to_copy(const Json& claim_row);

// A kubepvcprogress row, and what a resumed job reads from it.
Json progress_row(const ClaimToCopy& claim, const CopiedClaim& copied, const std::string& job_id);
enum class Failed { is_tried_again, stays_failed };
CopiedClaim copied_in(const Json& row, Failed failed);

// The job's fields that tell of all volumes.
Json copy_progress(const std::vector<CopiedClaim>& copied);

// A claim's row of the source as one of the copy.
Json copied_claim_row(Json row, const std::string& point_id, const CopiedClaim* copied);

// What could not be copied, or not whole, one line for people each.
std::vector<std::string> copy_problems(const std::vector<ClaimToCopy>& claims,
                                       const std::vector<CopiedClaim>& copied);

// The recovery point that a job makes of another one's, without what it gets from its definition.
Json pending_copy(const Json& source, const Json& job, EpochSeconds now);

// The fields that make a copy READY.
Json copy_fields(const archive::ArchiveSeal& seal, const std::vector<CopiedClaim>& copied,
                 const std::vector<std::string>& problems, EpochSeconds end_time);

// The job that removes a recovery point.
Json removal_job(const Json& point, EpochSeconds now);

}  // namespace salvor::backup
