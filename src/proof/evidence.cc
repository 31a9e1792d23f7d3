#include "proof/evidence.h"

#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "schema/filter.h"

namespace salvor::proof {
namespace {

constexpr const char* kFormat = "salvor-evidence/1";
constexpr const char* kPointFields[] = {
    "_id",          "name",      "type",    "start_time",     "cluster",
    "cluster_name", "backupdef", "archive", "backupdef_name", "objectstore"};

}  // namespace

std::string evidence_text(const Json& point, const Finding& finding) {
  Json document = finding.facts;
  document["format"] = kFormat;
  document["kind"] = finding.kind;
  document["job_id"] = finding.job_id;
  document["began_at"] = finding.began_at;
  document["checked_at"] = finding.checked_at;
  document["state"] = finding.state;
  for (const char* field : kPointFields) {
    const Json& value = member(point, field);
    if (!value.is_null()) document["recovery_point"][field] = value;
  }
  return compact(document) + "\n";
}

std::vector<catalog::Change> evidence_changes(const Json& point, const Finding& finding,
                                              const SigningKey& key, const std::string& id) {
  const std::string text = evidence_text(point, finding);
  const std::string point_id = text_at(point, "_id");
  const Json row = {{"backupinst_id", point_id},      {"kind", finding.kind},
                    {"job_id", finding.job_id},       {"made_at", finding.checked_at},
                    {"state", finding.state},         {"document", text},
                    {"public_key", key.public_pem()}, {"signature", encode_base64(key.sign(text))}};
  const auto older = schema::all_of(
      {schema::equals("backupinst_id", point_id), schema::equals("kind", finding.kind)});
  return {catalog::RemoveAll{"kubeevidence", older}, catalog::Insert{"kubeevidence", id, row}};
}

}  // namespace salvor::proof
