#include "backup/copy_rows.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "jobs/state.h"
#include "resources/all.h"

namespace salvor::backup {
namespace {

using volume::TransferState;

std::uint64_t number_at(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

std::string obstacle_to(const Json& row) {
  if (text_at(row, "snapshot_handle").empty()) return "the recovery point has no snapshot of it";
  if (text_at(row, "volume_mode") == "Block") return "volumes of mode Block cannot be copied yet";
  return "";
}

}  // namespace

bool had_volume(const Json& row) {
  return !text_at(row, "pv_name").empty() && text_at(row, "phase") == "Bound";
}

ClaimToCopy claim_to_copy(const Json& row) {
  return {.namespace_name = text_at(row, "namespace_name"),
          .name = text_at(row, "name"),
          .snapshot = {text_at(row, "driver"), text_at(row, "snapshot_handle")},
          .storage_class = text_at(row, "storage_class_name"),
          .size_bytes = number_at(row, "restore_size"),
          .obstacle = obstacle_to(row)};
}

Json progress_row(const ClaimToCopy& claim, const CopiedClaim& copied, const std::string& job_id) {
  Json row = volume::transfer_fields(copied.transfer);
  row.update({{"name", claim.name},
              {"namespace", claim.namespace_name},
              {"job_id", job_id},
              {"op_type", "COPY"},
              {"snapshot_id", copied.snapshot_id},
              {"num_missing_files", copied.missing_files},
              {"missing_files", copied.first_missing}});
  return row;
}

CopiedClaim copied_in(const Json& row, Failed failed) {
  CopiedClaim copied;
  volume::Transfer transfer = volume::transfer_in(row);
  const bool is_kept = transfer.state == TransferState::completed ||
                       (transfer.state == TransferState::failed && failed == Failed::stays_failed);
  if (!is_kept) return copied;
  copied.transfer = std::move(transfer);
  copied.snapshot_id = text_at(row, "snapshot_id");
  copied.missing_files = number_at(row, "num_missing_files");
  const Json& first = member(row, "missing_files");
  if (first.is_array()) copied.first_missing = first.get<std::vector<std::string>>();
  return copied;
}

Json copy_progress(const std::vector<CopiedClaim>& copied) {
  std::vector<volume::Transfer> transfers;
  for (const CopiedClaim& claim : copied) transfers.push_back(claim.transfer);
  Json sum = volume::sum_of(transfers);
  return {{"num_snapshot_offload_attempted", copied.size()},
          {"num_snapshot_offload_completed", sum["completed_pvs"]},
          {"kube_copy_progress", std::move(sum)}};
}

Json copied_claim_row(Json row, const std::string& point_id, const CopiedClaim* copied) {
  row["backupinst_id"] = point_id;
  row.erase("snapshot_handle");
  row.erase("volume_snapshot_class_name");
  const bool is_there = copied != nullptr && copied->transfer.state == TransferState::completed;
  row["snapshot_taken"] = is_there;
  if (!is_there) return row;
  row["offload_recover_point_id"] = copied->snapshot_id;
  if (copied->is_whole()) return row;
  row["num_missing_files"] = copied->missing_files;
  row["missing_files"] = copied->first_missing;
  return row;
}

std::vector<std::string> copy_problems(const std::vector<ClaimToCopy>& claims,
                                       const std::vector<CopiedClaim>& copied) {
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    if (copied[i].is_whole()) continue;
    const std::string& message = copied[i].transfer.message;
    problems.push_back("the copy of claim " + claims[i].namespace_name + "/" + claims[i].name +
                       ": " + (message.empty() ? "not made" : message));
  }
  return problems;
}

Json pending_copy(const Json& source, const Json& job, EpochSeconds now) {
  Json body = source;
  for (const char* own : {"_id", "retention", "expiry_timestamp", "end_time", "message", "archive",
                          "total_snapshot_data", "status", "verification", "verify_jobid"}) {
    body.erase(own);
  }
  body["name"] = "backupinst-" + std::to_string(now);
  body["type"] = "COPY";
  body["state"] = "PENDING";
  body["start_time"] = now;
  body["source_backupinst"] = source["_id"];
  body["offload_snapshot_job_id"] = text_at(source, "backup_job_id");
  const Json& retention = member(job, "retention");
  if (retention.is_object()) body["retention"] = retention;
  return body;
}

Json copy_fields(const archive::ArchiveSeal& seal, const std::vector<CopiedClaim>& copied,
                 const std::vector<std::string>& problems, EpochSeconds end_time) {
  std::uint64_t bytes = 0;
  std::uint64_t stored = seal.size_bytes;
  for (const CopiedClaim& claim : copied) {
    bytes += claim.transfer.moved.bytes;
    stored += claim.transfer.moved.transferred_bytes;
  }
  return {{"state", "READY"},
          {"end_time", end_time},
          {"num_errors", problems.size()},
          {"message", problems.empty() ? "Copy Successful" : "Copy is incomplete: " + problems[0]},
          {"total_copy_data", bytes},
          {"backup_storage_size", stored},
          {"archive", archive::to_json(seal)}};
}

Json removal_job(const Json& point, EpochSeconds now) {
  Json job = {{"name", "delete-" + std::to_string(now)},
              {"type", "DELETE_BACKUP"},
              {"display_type", "DELETE_BACKUP"},
              {"state", jobs::kPending},
              {"start_time", now},
              {"backup_inst", point["_id"]}};
  for (const char* name : {"cluster", "cluster_name", "backupdef", "backupdef_name"}) {
    const std::string value = text_at(point, name);
    if (!value.empty()) job[name] = value;
  }
  return schema::with_defaults(*resources::find("jobs"), std::move(job));
}

}  // namespace salvor::backup
