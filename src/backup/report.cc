#include "backup/report.h"

#include <nlohmann/json.hpp>

#include "archive/layout.h"

namespace salvor::backup {

std::vector<std::string> resource_types(const Collection& collection) {
  std::set<std::string> names;
  for (const auto& [group_resource, count] : collection.counts()) {
    names.insert(group_resource.substr(0, group_resource.find('.')));
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> problems(const Collection& collection, const VolumeReport& volumes) {
  std::vector<std::string> all = collection.problems();
  all.insert(all.end(), volumes.problems.begin(), volumes.problems.end());
  return all;
}

Json counters(const Collection& collection, const VolumeReport& volumes) {
  const volume::TakeProgress& taken = volumes.counts;
  return {{"num_total_resources", collection.items() + collection.refused()},
          {"num_backup_resources", collection.items()},
          {"num_volume_snapshots_attempted", taken.attempted - taken.skipped},
          {"num_volume_snapshots_completed", taken.taken},
          {"num_errors", problems(collection, volumes).size()},
          {"num_warnings", volumes.warnings.size()}};
}

Json ready_fields(const Collection& collection, const VolumeReport& volumes,
                  const archive::ArchiveSeal& seal, EpochSeconds end_time, EpochSeconds expiry) {
  Json fields = counters(collection, volumes);
  fields["state"] = "READY";
  fields["end_time"] = end_time;
  if (expiry > 0) fields["expiry_timestamp"] = expiry;
  fields["pv_count"] = collection.inventory().volumes();
  fields["protected_storage_size"] = collection.inventory().claimed_bytes();
  fields["total_snapshot_data"] = volumes.bytes;
  fields["backup_storage_size"] = seal.size_bytes;
  fields["resource_types"] = resource_types(collection);
  fields["message"] = summary(collection, volumes);
  fields["kubeagent_info"] = {{"format_version", archive::kFormatVersion}};
  fields["archive"] = archive::to_json(seal);
  return fields;
}

std::string summary(const Collection& collection, const VolumeReport& volumes) {
  const std::vector<std::string> missing = problems(collection, volumes);
  if (missing.empty()) {
    const std::size_t left_out = volumes.warnings.size();
    if (left_out == 0) return "Backup Successful";
    return "Backup Successful; " + std::to_string(left_out) +
           (left_out == 1 ? " volume has" : " volumes have") + " no snapshot (see activity)";
  }
  const std::string more =
      missing.size() == 1 ? ""
                          : ", and " + std::to_string(missing.size() - 1) + " more (see activity)";
  return "Backup is incomplete: " + missing.front() + more;
}

}  // namespace salvor::backup
