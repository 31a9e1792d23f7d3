// What a look at a recovery point can find wrong.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace salvor::proof {

// Never renamed, as people's tools read their names.
enum class Reason {
  archive_missing,
  archive_damaged,
  archive_unsealed,
  description_damaged,
  object_damaged,
  object_not_archived,
  definition_not_archived,
  claim_unknown,
  claim_differs,
  volume_damaged,
  snapshot_unusable,
  content_missing,
  content_unsafe,
  restore_refused,
  not_restored,
  volume_not_filled,
  volume_empty,
  not_drilled,
  object_gone,
  object_differs,
  claim_not_bound,
  claim_not_used,
  workload_not_ready,
};

struct ReasonRow {
  Reason reason;
  const char* name;  // "ARCHIVE_MISSING"
  bool hinders;      // whether a restore is not whole because of it
  const char* meaning;
};
const std::vector<ReasonRow>& reasons();
const ReasonRow& row_of(Reason reason);

struct Problem {
  Reason reason;
  std::string object;  // "volume shop/data"
  std::string message;

  Json to_json() const;
};

// What the problems come to: "VERIFIED", "WEAKENED" or "DAMAGED".
const char* state_of(const std::vector<Problem>& problems);
// The same of a drill: "PASSED", "DOUBTFUL" or "NOT_WHOLE".
const char* drill_state_of(const std::vector<Problem>& problems);

}  // namespace salvor::proof
