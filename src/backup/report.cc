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

Json counters(const Collection& collection) {
  return {{"num_total_resources", collection.items() + collection.refused()},
          {"num_backup_resources", collection.items()},
          {"num_errors", collection.problems().size()},
          {"num_warnings", 0}};
}

Json ready_fields(const Collection& collection, const archive::ArchiveSeal& seal,
                  EpochSeconds end_time, EpochSeconds expiry) {
  Json fields = counters(collection);
  fields["state"] = "READY";
  fields["end_time"] = end_time;
  if (expiry > 0) fields["expiry_timestamp"] = expiry;
  fields["pv_count"] = collection.inventory().volumes();
  fields["protected_storage_size"] = collection.inventory().claimed_bytes();
  fields["backup_storage_size"] = seal.size_bytes;
  fields["resource_types"] = resource_types(collection);
  fields["message"] = summary(collection);
  fields["kubeagent_info"] = {{"format_version", archive::kFormatVersion}};
  fields["archive"] = {{"name", seal.name},
                       {"sha256", seal.sha256},
                       {"size_bytes", seal.size_bytes},
                       {"items", seal.items}};
  return fields;
}

std::string summary(const Collection& collection) {
  const std::size_t problems = collection.problems().size();
  if (problems == 0) return "Backup Successful";
  const std::string more =
      problems == 1 ? "" : ", and " + std::to_string(problems - 1) + " more (see activity)";
  return "Backup is incomplete: " + collection.problems().front() + more;
}

}  // namespace salvor::backup
