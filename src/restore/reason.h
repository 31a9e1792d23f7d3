// Why an item ended as it did: a closed list, documented, each with what a user can do.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace salvor::restore {

// In the order of `reasons()`. Codes are part of the API: never renamed, never reused.
enum class Reason {
  planned,
  created,
  merged,
  replaced,
  recreated,
  fields_dropped,
  exists,
  unchanged,
  terminating,
  controlled,
  finished,
  mirror_pod,
  token_secret,
  controller_made,
  cluster_published,
  bootstrap,
  cluster_state,
  system_service,
  leader_lock,
  dynamic_volume,
  ephemeral_volume,
  volumes_excluded,
  storage_class_mapped,
  unsupported_version,
  definition_not_served,
  namespace_unavailable,
  dependency_failed,
  volume_in_use,
  already_exists,
  immutable,
  is_protected,
  not_gone,
  modifier_failed,
  invalid,
  too_large,
  forbidden,
  quota_exceeded,
  admission_refused,
  conflict,
  unreachable,
  unknown_outcome,
  damaged_item,
  cancelled,
  journal_failed,
  status_left,
  pruned,
  removed,
  put_back,
  gone,
  changed_since,
  still_used,
  backend_missing,
  volume_empty,
  volume_not_filled,
  snapshot_unusable,
  volume_not_whole,
  class_missing,
};

// What a reason means for the job: kept and skipped items are as planned; partial ones, which are
// there but not whole, and failed ones are not.
enum class ReasonClass { open, done, partial, kept, skipped, failed };

struct ReasonRow {
  Reason reason;
  std::string_view code;  // "CREATED", as the API shows it
  ReasonClass kind;
  std::string_view meaning;  // for people, one sentence without a full stop
  std::string_view hint;     // what to do; empty when there is nothing to do
};

// How the API shows it: "DONE".
std::string_view state_name(ReasonClass kind);

std::span<const ReasonRow> reasons();
const ReasonRow& row_of(Reason reason);
// Requires: `code` came from row_of; unknown codes of newer programs read as `planned`.
Reason reason_of(std::string_view code);

}  // namespace salvor::restore
