#include "api/job_documents.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/problem.h"
#include "jobs/state.h"
#include "resources/all.h"

namespace salvor::api {

Json new_job(std::string_view type, std::string_view name_start, EpochSeconds start_time,
             const Json& fields) {
  const schema::Resource* resource = resources::find("jobs");
  CHECK(resource != nullptr);
  Json job = fields;
  job["name"] = std::string(name_start) + "-" + std::to_string(start_time);
  job["type"] = type;
  job["display_type"] = type;
  job["state"] = jobs::kPending;
  job["start_time"] = start_time;
  for (const char* counter : {"num_total_resources", "num_errors", "num_warnings"}) {
    job[counter] = 0;
  }
  return schema::with_defaults(*resource, std::move(job));
}

schema::Filter active_jobs(schema::Filter which) {
  return schema::all_of({std::move(which), jobs::active_filter()});
}

EpochSeconds next_start_time(EpochSeconds now, const Json& definition) {
  const Json& last = member(member(definition, "status"), "last_job_run_time");
  if (!last.is_number_integer()) return now;
  return std::max(now, last.get<EpochSeconds>() + 1);
}

Result<std::string> cluster_name(Context& context, catalog::Catalog& catalog,
                                 const std::string& id) {
  const Result<catalog::Document> cluster = catalog.get(context, "kubeclusters", id);
  if (cluster) return text_at(cluster->body(), "name");
  if (cluster.error().code == ErrorCode::not_found) return std::string();
  return cluster.error();
}

bool is_ready(const Json& recovery_point) { return text_at(recovery_point, "state") == "READY"; }

catalog::Require still_ready(const std::string& recovery_point) {
  const auto check = [recovery_point](const Json* stored) -> Result<void> {
    if (stored && is_ready(*stored)) return {};
    return refusal(409, "recovery point " + recovery_point + " is not READY any more");
  };
  return {"backupinstances", recovery_point, check};
}

}  // namespace salvor::api
