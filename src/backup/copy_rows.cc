#include "backup/copy_rows.h"

#include <array>
#include <nlohmann/json.hpp>

#include "jobs/state.h"
#include "resources/all.h"

namespace salvor::backup {
namespace {

constexpr std::array<const char*, 4> kStates = {"PENDING", "ACTIVE", "COMPLETED", "FAILED"};

std::uint64_t number_at(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

Json stats_of(const volume::MoverProgress& moved) {
  return {{"estimated_size", moved.total_bytes},
          {"estimated_number_of_files", moved.total_files},
          {"io_size", moved.bytes},
          {"io_number_of_files", moved.files},
          {"transferred_size", moved.transferred_bytes},
          {"transferred_number_of_files", moved.files}};
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
  return {{"name", claim.name},        {"namespace", claim.namespace_name},
          {"job_id", job_id},          {"state", kStates[static_cast<std::size_t>(copied.state)]},
          {"message", copied.message}, {"stats", stats_of(copied.moved)},
          {"op_type", "COPY"},         {"snapshot_id", copied.snapshot_id}};
}

CopiedClaim copied_in(const Json& row) {
  CopiedClaim copied;
  if (text_at(row, "state") != "COMPLETED") return copied;
  const Json& stats = member(row, "stats");
  copied.state = CopyState::completed;
  copied.snapshot_id = text_at(row, "snapshot_id");
  copied.moved = {number_at(stats, "io_number_of_files"), number_at(stats, "io_size"),
                  number_at(stats, "estimated_number_of_files"), number_at(stats, "estimated_size"),
                  number_at(stats, "transferred_size")};
  return copied;
}

Json copy_progress(const std::vector<ClaimToCopy>& claims, const std::vector<CopiedClaim>& copied) {
  std::array<std::size_t, kStates.size()> counts{};
  volume::MoverProgress sum;
  for (const CopiedClaim& claim : copied) {
    ++counts[static_cast<std::size_t>(claim.state)];
    sum.files += claim.moved.files;
    sum.bytes += claim.moved.bytes;
    sum.total_files += std::max(claim.moved.total_files, claim.moved.files);
    sum.total_bytes += std::max(claim.moved.total_bytes, claim.moved.bytes);
    sum.transferred_bytes += claim.moved.transferred_bytes;
  }
  return {{"num_snapshot_offload_attempted", claims.size()},
          {"num_snapshot_offload_completed", counts[2]},
          {"kube_copy_progress",
           {{"total_pvs", claims.size()},
            {"pending_pvs", counts[0]},
            {"active_pvs", counts[1]},
            {"completed_pvs", counts[2]},
            {"failed_pvs", counts[3]},
            {"stats", stats_of(sum)}}}};
}

Json copied_claim_row(Json row, const std::string& point_id, const CopiedClaim* copied) {
  row["backupinst_id"] = point_id;
  row.erase("snapshot_handle");
  row.erase("volume_snapshot_class_name");
  const bool is_there = copied != nullptr && copied->state == CopyState::completed;
  row["snapshot_taken"] = is_there;
  if (is_there) row["offload_recover_point_id"] = copied->snapshot_id;
  return row;
}

std::vector<std::string> copy_problems(const std::vector<ClaimToCopy>& claims,
                                       const std::vector<CopiedClaim>& copied) {
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < claims.size(); ++i) {
    if (copied[i].state == CopyState::completed) continue;
    problems.push_back("the copy of claim " + claims[i].namespace_name + "/" + claims[i].name +
                       ": " + (copied[i].message.empty() ? "not made" : copied[i].message));
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
    bytes += claim.moved.bytes;
    stored += claim.moved.transferred_bytes;
  }
  return {{"state", "READY"},
          {"end_time", end_time},
          {"num_errors", problems.size()},
          {"message", problems.empty() ? "Copy Successful" : "Copy is incomplete: " + problems[0]},
          {"total_copy_data", bytes},
          {"backup_storage_size", stored},
          {"archive",
           {{"name", seal.name},
            {"sha256", seal.sha256},
            {"size_bytes", seal.size_bytes},
            {"items", seal.items}}}};
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
