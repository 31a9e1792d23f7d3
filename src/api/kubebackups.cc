#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/behaviour.h"
#include "api/call.h"
#include "api/job_documents.h"
#include "api/problem.h"
#include "api/responses.h"
#include "api/stored_rules.h"
#include "base/random.h"
#include "schema/validate.h"

namespace salvor::api {
namespace {

// What `status.jobs` shows.
constexpr std::size_t kShownJobs = 3;

// With copies, their definition may have the schedule.
bool has_schedule(const Json& backup) {
  return !text_at(backup, "policy").empty() || !text_at(backup, "copydef").empty();
}

Result<Preparation> prepare(const Parts&, Context&, const Draft& draft) {
  Preparation preparation;
  if (text_at(draft.document, "trigger_type") == "SCHEDULED" && !has_schedule(draft.document)) {
    schema::add_issue(preparation.issues, "policy",
                      "required field when trigger_type is SCHEDULED");
  }
  return preparation;
}

Result<Removal> remove(const Parts&, Context&, const catalog::Document& document) {
  Removal removal;
  removal.changes.emplace_back(
      catalog::RequireNone{"jobs", active_jobs(schema::equals("backupdef", document.id))});
  return removal;
}

Json job_of(const catalog::Document& document, const Json& definition, const std::string& cluster,
            const Json& request, EpochSeconds start_time) {
  Json fields = {{"cluster", text_at(definition, "cluster")},
                 {"cluster_name", cluster},
                 {"backupdef", document.id},
                 {"backupdef_name", text_at(definition, "name")}};
  const Json& retention = member(request, "retention");
  if (retention.is_object()) fields["retention"] = retention;
  return new_job("K8S_SNAP", "kubecluster", start_time, fields);
}

// The definition with one more run in its status. Fails when another run was quicker and took a
// later time.
Result<Json> with_run(Json definition, const std::string& job_id, EpochSeconds start_time) {
  if (next_start_time(start_time, definition) != start_time) {
    return error(ErrorCode::conflict, "another run of this backup began just now; try again");
  }
  Json& status = definition["status"];
  if (!status.is_object()) status = Json::object();
  Json runs = Json::array({{{"jobid", job_id}, {"state", "PENDING"}, {"message", ""}}});
  for (const Json& run : member(status, "jobs")) {
    if (runs.size() < kShownJobs) runs.push_back(run);
  }
  status["jobs"] = std::move(runs);
  status["last_job_run_time"] = start_time;
  return definition;
}

// A copy may take hours and does not keep the next snapshot from being taken.
schema::Filter rivals_of_run(const std::string& backup) {
  return active_jobs(
      schema::all_of({schema::equals("backupdef", backup), schema::differs("type", "K8S_COPY")}));
}

Result<http::Response> run(Call& call, const catalog::Document& document, const Json& request) {
  catalog::Catalog& catalog = call.parts.catalog;
  const Json definition = document.body();
  TRY(const std::string cluster,
      cluster_name(call.context, catalog, text_at(definition, "cluster")));
  if (cluster.empty()) return refusal(409, "the cluster of this backup does not exist any more");

  const EpochSeconds now = call.parts.clock.wall_seconds();
  const EpochSeconds start_time = next_start_time(now, definition);
  const std::string job_id = new_object_id(now);
  catalog::Transaction transaction;
  transaction.changes.emplace_back(catalog::RequireNone{"jobs", rivals_of_run(document.id)});
  transaction.changes.emplace_back(
      catalog::Insert{"jobs", job_id, job_of(document, definition, cluster, request, start_time)});
  const auto edit = [job_id, start_time](const Json& stored) {
    return with_run(stored, job_id, start_time);
  };
  transaction.changes.emplace_back(
      catalog::Edit{"kubebackups", document.id, {}, catalog::Touch::server, edit});
  auto committed = catalog.commit(call.context, transaction);
  if (!committed && committed.error().code == ErrorCode::not_found) return not_found();
  if (!committed) return commit_refused(std::move(committed).error(), Json());
  if (call.parts.hooks.jobs_changed) call.parts.hooks.jobs_changed();
  // The definition as it was before: clients look for a job that began later than the
  // last_job_run_time in it.
  return document_response(call.view, document);
}

}  // namespace

Behaviour kube_backups() {
  return {.prepare = prepare, .remove = remove, .written = {}, .actions = {{"run", run}}};
}

}  // namespace salvor::api
