#include "archive/internal/description.h"

#include <nlohmann/json.hpp>

#include "archive/layout.h"

namespace salvor::archive::internal {
namespace {

// "app=a,b" of ours, where the comma means or, in the form of Kubernetes's LabelSelector.
Json label_selector(const std::map<std::string, std::string>& labels) {
  Json expressions = Json::array();
  for (const auto& [key, values] : labels) {
    Json accepted = Json::array();
    for (std::size_t begin = 0; begin <= values.size();) {
      const std::size_t end = std::min(values.find(',', begin), values.size());
      accepted.push_back(values.substr(begin, end - begin));
      begin = end + 1;
    }
    expressions.push_back({{"key", key}, {"operator", "In"}, {"values", accepted}});
  }
  return {{"matchExpressions", expressions}};
}

Json spec_of(const BackupDescription& description) {
  Json spec = {{"storageLocation", "default"}, {"snapshotVolumes", false}};
  if (description.included_namespaces.empty()) {
    spec["includedNamespaces"] = {"*"};
  } else {
    spec["includedNamespaces"] = description.included_namespaces;
  }
  if (!description.label_selector.empty()) {
    spec["labelSelector"] = label_selector(description.label_selector);
  }
  if (description.expiration > description.start_time) {
    spec["ttl"] = std::to_string(description.expiration - description.start_time) + "s";
  }
  return spec;
}

// Only Completed and PartiallyFailed can be restored from. Without an expiration Velero's garbage
// collection leaves the backup alone.
Json status_of(const BackupDescription& description) {
  Json status = {
      {"phase", description.errors == 0 ? "Completed" : "PartiallyFailed"},
      {"version", 1},
      {"formatVersion", kFormatVersion},
      {"startTimestamp", rfc3339(description.start_time)},
      {"completionTimestamp", rfc3339(description.end_time)},
      {"progress", {{"totalItems", description.items}, {"itemsBackedUp", description.items}}}};
  if (description.expiration > 0) status["expiration"] = rfc3339(description.expiration);
  if (description.errors > 0) status["errors"] = description.errors;
  if (description.warnings > 0) status["warnings"] = description.warnings;
  return status;
}

}  // namespace

std::string velero_backup_json(const BackupDescription& description) {
  const std::string source = "velero.io/source-cluster-k8s-";
  const Json annotations = {{source + "gitversion", description.source_git_version},
                            {source + "major-version", description.source_major},
                            {source + "minor-version", description.source_minor}};
  const Json metadata = {{"name", description.name},
                         {"namespace", "velero"},
                         {"creationTimestamp", rfc3339(description.start_time)},
                         {"labels", {{"velero.io/storage-location", "default"}}},
                         {"annotations", annotations}};
  return compact({{"apiVersion", "velero.io/v1"},
                  {"kind", "Backup"},
                  {"metadata", metadata},
                  {"spec", spec_of(description)},
                  {"status", status_of(description)}});
}

}  // namespace salvor::archive::internal
