#include <nlohmann/json.hpp>

#include "api/behaviour.h"
#include "api/call.h"
#include "api/job_documents.h"
#include "api/namespace_targets.h"
#include "api/problem.h"
#include "api/responses.h"
#include "api/stored_rules.h"
#include "base/random.h"
#include "schema/validate.h"

namespace salvor::api {
namespace {

// More than a cluster can hold.
constexpr std::uint64_t kNamespacesMax = 100'000;

Result<std::vector<std::string>> namespaces_in(Context& context, catalog::Catalog& catalog,
                                               const std::string& recovery_point) {
  catalog::Query query;
  query.filter = schema::equals("backupinst_id", recovery_point);
  query.limit = kNamespacesMax;
  query.count_total = false;
  TRY(const catalog::Page page, catalog.find(context, "kubenamespaces", query));
  std::vector<std::string> names;
  for (const catalog::Document& row : page.documents) names.push_back(text_at(row.body(), "name"));
  return names;
}

bool renames(const Json& restore) {
  return !member(restore, "namespaces_map").empty() ||
         !text_at(restore, "namespaces_prefix").empty() ||
         !text_at(restore, "namespaces_suffix").empty();
}

// Without a cluster of its own a restore goes to where the recovery point is from.
Result<void> choose_cluster(const Parts& parts, Context& context, const Json& restore,
                            const std::string& source_cluster, Preparation& preparation) {
  if (!text_at(restore, "cluster").empty()) return {};
  TRY(const std::string name, cluster_name(context, parts.catalog, source_cluster));
  if (name.empty()) {
    schema::add_issue(preparation.issues, "cluster",
                      "required field: the cluster of the recovery point does not exist any more");
    return {};
  }
  preparation.fill["cluster"] = source_cluster;
  return {};
}

Result<Preparation> prepare(const Parts& parts, Context& context, const Draft& draft) {
  Preparation preparation;
  const std::string id = text_at(draft.document, "backup_inst");
  TRY(const catalog::Document found, parts.catalog.get(context, "backupinstances", id));
  const Json recovery_point = found.body();
  if (!is_ready(recovery_point)) {
    schema::add_issue(preparation.issues, "backup_inst",
                      "recovery point '" + id + "' is in state " +
                          text_at(recovery_point, "state") + "; only READY ones can be restored");
  }
  if (renames(draft.document)) {
    TRY(const std::vector<std::string> names, namespaces_in(context, parts.catalog, id));
    preparation.issues.update(namespace_issues(draft.document, names));
  }
  const std::string source_cluster = text_at(recovery_point, "cluster");
  TRY_VOID(choose_cluster(parts, context, draft.document, source_cluster, preparation));
  preparation.fill["source_cluster"] = source_cluster;
  preparation.fill["status"]["source_cluster"] = source_cluster;
  return preparation;
}

Result<Removal> remove(const Parts&, Context&, const catalog::Document& document) {
  Removal removal;
  removal.changes.emplace_back(
      catalog::RequireNone{"jobs", active_jobs(schema::equals("restoredef", document.id))});
  return removal;
}

Json with_job(Json restore, const std::string& job_id, EpochSeconds start_time) {
  Json& status = restore["status"];
  if (!status.is_object()) status = Json::object();
  status["state"] = "JOB_CREATED";
  status["jobid"] = job_id;
  status["message"] = "";
  status["last_job_run_time"] = start_time;
  return restore;
}

// A plan changes nothing, so the state stays what the last run made it.
Json with_plan_job(Json restore, const std::string& job_id, EpochSeconds) {
  Json& status = restore["status"];
  if (!status.is_object()) status = Json::object();
  status["plan_jobid"] = job_id;
  return restore;
}

Json with_undo_job(Json restore, const std::string& job_id, EpochSeconds) {
  Json& status = restore["status"];
  if (!status.is_object()) status = Json::object();
  status["undo_jobid"] = job_id;
  return restore;
}

struct NewRun {
  std::string_view type;  // of the job
  std::string_view name;  // the job's begins so
  Json fields;            // of the job, beside the usual ones
  Json (*noted)(Json restore, const std::string& job_id, EpochSeconds start_time);
};

// The job and the status that names it, in one transaction; of two runs at once one finds the
// other's job and is refused.
Result<http::Response> start(Call& call, const catalog::Document& document, const NewRun& run) {
  const Json restore = document.body();
  const std::string cluster_id = text_at(restore, "cluster");
  const std::string recovery_point = text_at(restore, "backup_inst");
  TRY(const std::string cluster, cluster_name(call.context, call.parts.catalog, cluster_id));
  if (cluster.empty()) return refusal(409, "the cluster of this restore does not exist any more");

  const EpochSeconds now = call.parts.clock.wall_seconds();
  const EpochSeconds start_time = next_start_time(now, restore);
  const std::string job_id = new_object_id(now);
  catalog::Transaction transaction;
  transaction.changes.emplace_back(
      catalog::RequireNone{"jobs", active_jobs(schema::equals("restoredef", document.id))});
  transaction.changes.emplace_back(still_ready(recovery_point));
  Json fields = run.fields;
  fields.update({{"cluster", cluster_id},
                 {"cluster_name", cluster},
                 {"restoredef", document.id},
                 {"restoredef_name", text_at(restore, "name")},
                 {"backup_inst", recovery_point}});
  transaction.changes.emplace_back(
      catalog::Insert{"jobs", job_id, new_job(run.type, run.name, start_time, fields)});
  const auto edit = [=, noted = run.noted](const Json& stored) -> Result<Json> {
    return noted(stored, job_id, start_time);
  };
  transaction.changes.emplace_back(
      catalog::Edit{"kuberestores", document.id, {}, catalog::Touch::server, edit});
  auto committed = call.parts.catalog.commit(call.context, transaction);
  if (!committed && committed.error().code == ErrorCode::not_found) return not_found();
  if (!committed) return commit_refused(std::move(committed).error(), Json());
  if (call.parts.hooks.jobs_changed) call.parts.hooks.jobs_changed();
  return document_response(call.view, committed->back());
}

Result<http::Response> run(Call& call, const catalog::Document& document, const Json& request) {
  Json fields = Json::object();
  if (!text_at(request, "plan_hash").empty()) fields["plan_hash"] = text_at(request, "plan_hash");
  return start(call, document, {"RESTORE", "kuberestore", fields, with_job});
}

Result<http::Response> plan(Call& call, const catalog::Document& document, const Json& request) {
  Json fields = Json::object();
  if (!text_at(request, "dry_run").empty()) fields["dry_run"] = text_at(request, "dry_run");
  return start(call, document, {"RESTORE_PLAN", "kuberestoreplan", fields, with_plan_job});
}

// The run to take back: the one that is named, else the last. Its job must have been this
// restore's, and be over.
Result<catalog::Document> run_to_undo(Call& call, const catalog::Document& document,
                                      const Json& request) {
  std::string id = text_at(request, "job_id");
  if (id.empty()) id = text_at(member(document.body(), "status"), "jobid");
  if (id.empty()) return error(ErrorCode::not_found, "this restore was not run yet");
  TRY(catalog::Document job,
      call.parts.catalog.get(call.context, "jobs", id).within("reading job " + id));
  const Json fields = job.body();
  const bool is_run =
      text_at(fields, "restoredef") == document.id && text_at(fields, "type") == "RESTORE";
  if (!is_run) return error(ErrorCode::not_found, "job " + id + " is no run of this restore");
  return job;
}

Result<http::Response> undo(Call& call, const catalog::Document& document, const Json& request) {
  const auto job = run_to_undo(call, document, request);
  if (!job.ok() && job.error().code == ErrorCode::not_found)
    return refusal(409, job.error().message);
  if (!job.ok()) return job.error();
  return start(call, document,
               {"RESTORE_UNDO", "kuberestoreundo", {{"undo_of", job->id}}, with_undo_job});
}

}  // namespace

Behaviour kube_restores() {
  return {.prepare = prepare,
          .remove = remove,
          .written = {},
          .actions = {{"run", run}, {"plan", plan}, {"undo", undo}}};
}

}  // namespace salvor::api
