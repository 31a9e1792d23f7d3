#include "volume/work_claim.h"

#include <nlohmann/json.hpp>

namespace salvor::volume {
namespace {

Json work_claim(const std::string& name, const MoverPlace& place, const Mark& mark, Json spec) {
  return {{"apiVersion", "v1"},
          {"kind", claim_type().kind},
          {"metadata",
           {{"name", name},
            {"namespace", place.namespace_name},
            {"labels", {{mark.label(), mark.id}}}}},
          {"spec", std::move(spec)}};
}

}  // namespace

Json work_claim_like(const Json& claim, const std::string& name, const MoverPlace& place,
                     const Mark& mark) {
  Json spec = member(claim, "spec");
  for (const char* field : {"volumeName", "dataSource", "dataSourceRef", "selector"}) {
    spec.erase(field);
  }
  return work_claim(name, place, mark, std::move(spec));
}

Json work_claim_from_snapshot(const SnapshotClaim& claim, const MoverPlace& place,
                              const Mark& mark) {
  Json spec = {{"accessModes", {"ReadWriteOnce"}},
               {"dataSource", snapshot_source(claim.name)},
               {"resources", {{"requests", {{"storage", std::to_string(claim.size_bytes)}}}}}};
  if (!claim.storage_class.empty()) spec["storageClassName"] = claim.storage_class;
  return work_claim(claim.name, place, mark, std::move(spec));
}

}  // namespace salvor::volume
