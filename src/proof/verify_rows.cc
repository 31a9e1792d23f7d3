#include "proof/verify_rows.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace salvor::proof {
namespace {

constexpr std::array<const char*, 5> kStates = {"PENDING", "ACTIVE", "COMPLETED", "FAILED",
                                                "SKIPPED"};

const char* name_of(VolumeState state) { return kStates[static_cast<std::size_t>(state)]; }

std::uint64_t number_at(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

Json stats_of(std::uint64_t bytes, std::uint64_t total_bytes) {
  return {{"io_size", bytes}, {"estimated_size", total_bytes}, {"transferred_size", bytes}};
}

bool had_volume(const Json& row) {
  return !text_at(row, "pv_name").empty() && text_at(row, "phase") == "Bound";
}

std::string summary_of(const std::vector<std::string>& lines, std::size_t count) {
  if (lines.empty()) return "";
  return lines.front() + (count > 1 ? " (and " + std::to_string(count - 1) + " more)" : "");
}

}  // namespace

bool VerifiedVolume::has_ended() const {
  return state != VolumeState::pending && state != VolumeState::active;
}

std::vector<VerifiedVolume> volumes_of(const std::vector<Json>& claim_rows) {
  std::vector<VerifiedVolume> volumes;
  for (const Json& row : claim_rows) {
    if (!had_volume(row)) continue;
    VerifiedVolume volume;
    volume.namespace_name = text_at(row, "namespace_name");
    volume.name = text_at(row, "name");
    volume.snapshot = {text_at(row, "driver"), text_at(row, "snapshot_handle")};
    volume.copy = text_at(row, "offload_recover_point_id");
    if (volume.copy.empty() && volume.snapshot.handle.empty()) {
      volume.state = VolumeState::skipped;
      volume.message = "the recovery point has no data of it";
    }
    volumes.push_back(std::move(volume));
  }
  std::sort(volumes.begin(), volumes.end(), [](const auto& a, const auto& b) {
    return std::tie(a.namespace_name, a.name) < std::tie(b.namespace_name, b.name);
  });
  return volumes;
}

void take_copy_check(VerifiedVolume& volume, const volume::CopyCheck& check) {
  volume.read = check;
  volume.state = VolumeState::active;
  if (!check.is_done) return;
  const bool is_good = check.problem_count == 0;
  volume.state = is_good ? VolumeState::completed : VolumeState::failed;
  volume.message = is_good ? "every chunk of it is what was saved"
                           : summary_of(check.problems, check.problem_count);
  volume.problems.clear();
  for (const std::string& line : check.problems) {
    volume.problems.push_back({Reason::volume_damaged, volume.object(), line});
  }
}

void take_problems(VerifiedVolume& volume, std::vector<Problem> problems) {
  const bool is_lost = std::any_of(problems.begin(), problems.end(), [](const Problem& problem) {
    return row_of(problem.reason).hinders;
  });
  volume.state = is_lost ? VolumeState::failed : VolumeState::completed;
  volume.message = "the storage has its snapshot ready";
  for (const Problem& problem : problems) {
    volume.read.problems.push_back(problem.message);
    if (row_of(problem.reason).hinders || !is_lost) volume.message = problem.message;
  }
  volume.read.problem_count = problems.size();
  volume.problems = std::move(problems);
}

Json progress_row(const VerifiedVolume& volume, const std::string& job_id) {
  return {
      {"name", volume.name},        {"namespace", volume.namespace_name},
      {"job_id", job_id},           {"state", name_of(volume.state)},
      {"message", volume.message},  {"stats", stats_of(volume.read.bytes, volume.read.total_bytes)},
      {"blobs", volume.read.blobs}, {"problems", volume.read.problems},
      {"op_type", "VERIFY"}};
}

void take_row(VerifiedVolume& volume, const Json& row) {
  const bool has_ended = text_at(row, "state") == "COMPLETED" || text_at(row, "state") == "FAILED";
  if (!has_ended || volume.copy.empty()) return;
  volume::CopyCheck check;
  check.blobs = number_at(row, "blobs");
  check.bytes = number_at(member(row, "stats"), "io_size");
  check.total_bytes = number_at(member(row, "stats"), "estimated_size");
  for (const Json& line : member(row, "problems")) check.problems.push_back(line);
  check.problem_count = check.problems.size();
  check.is_done = true;
  take_copy_check(volume, check);
}

Json verify_progress(const std::vector<VerifiedVolume>& volumes) {
  std::array<std::size_t, kStates.size()> counts{};
  std::uint64_t bytes = 0;
  std::uint64_t total_bytes = 0;
  for (const VerifiedVolume& volume : volumes) {
    ++counts[static_cast<std::size_t>(volume.state)];
    bytes += volume.read.bytes;
    total_bytes += volume.read.total_bytes;
  }
  return {{"kube_verify_progress",
           {{"total_pvs", volumes.size()},
            {"pending_pvs", counts[0]},
            {"active_pvs", counts[1]},
            {"completed_pvs", counts[2] + counts[4]},
            {"failed_pvs", counts[3]},
            {"stats", stats_of(bytes, total_bytes)}}}};
}

Json evidence_row(const VerifiedVolume& volume) {
  return {{"namespace", volume.namespace_name}, {"name", volume.name},
          {"state", name_of(volume.state)},     {"message", volume.message},
          {"blobs", volume.read.blobs},         {"bytes", volume.read.bytes}};
}

}  // namespace salvor::proof
