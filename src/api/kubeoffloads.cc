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

constexpr const char* kStoreField = "offload_provider.user_objectstore";

// A document's fields; null when there is none of this id.
Result<Json> body_of(const Parts& parts, Context& context, const char* resource,
                     const std::string& id) {
  if (id.empty()) return Json();
  const Result<catalog::Document> document = parts.catalog.get(context, resource, id);
  if (document) return document->body();
  if (document.error().code == ErrorCode::not_found) return Json();
  return document.error();
}

// What is wrong with a recovery point that is to be copied, "" when nothing is.
std::string copy_obstacle(const Json& point, const std::string& id) {
  const std::string named = "recovery point '" + id + "'";
  if (point.is_null()) return named + " does not exist any more";
  if (text_at(point, "type") != "SNAPSHOT") return named + " is a copy itself";
  if (!is_ready(point)) {
    return named + " is in state " + text_at(point, "state") + "; only READY ones can be copied";
  }
  return "";
}

void check_point(const Draft& draft, const Json& point, Json& issues) {
  const std::string id = text_at(draft.document, "backup_inst");
  // One that was fine when it was given may have been copied and removed since.
  const bool is_kept = draft.stored && text_at(*draft.stored, "backup_inst") == id;
  if (id.empty() || is_kept) return;
  const std::string obstacle = copy_obstacle(point, id);
  if (!obstacle.empty()) schema::add_issue(issues, "backup_inst", obstacle);
  const std::string backup = text_at(draft.document, "backupdef");
  if (!backup.empty() && text_at(point, "backupdef") != backup) {
    schema::add_issue(issues, "backup_inst",
                      "recovery point '" + id + "' is of another backup than backupdef");
  }
}

// A copy is of the cluster that its backup is of.
void choose_cluster(const Draft& draft, const Json& backup, const Json& point,
                    Preparation& preparation) {
  const std::string source = text_at(backup.is_null() ? point : backup, "cluster");
  const std::string given = text_at(draft.document, "cluster");
  if (source.empty() || given == source) return;
  if (given.empty()) {
    preparation.fill["cluster"] = source;
    return;
  }
  schema::add_issue(preparation.issues, "cluster",
                    "must be the cluster of the backup, '" + source + "'; leave it out to get it");
}

Result<Preparation> prepare(const Parts& parts, Context& context, const Draft& draft) {
  Preparation preparation;
  const Json& copy = draft.document;
  if (text_at(copy, "trigger_type") == "SCHEDULED" && text_at(copy, "policy").empty()) {
    schema::add_issue(preparation.issues, "policy",
                      "required field when trigger_type is SCHEDULED");
  }
  if (text_at(copy, "backupdef").empty() && text_at(copy, "backup_inst").empty()) {
    schema::add_issue(preparation.issues, "backupdef",
                      "required field unless backup_inst is given");
    return preparation;
  }
  TRY(const Json backup, body_of(parts, context, "kubebackups", text_at(copy, "backupdef")));
  TRY(const Json point, body_of(parts, context, "backupinstances", text_at(copy, "backup_inst")));
  check_point(draft, point, preparation.issues);
  choose_cluster(draft, backup, point, preparation);
  return preparation;
}

Result<Removal> remove(const Parts&, Context&, const catalog::Document& document) {
  Removal removal;
  removal.changes.emplace_back(
      catalog::RequireNone{"jobs", active_jobs(schema::equals("offloaddef", document.id))});
  return removal;
}

// The newest snapshot that can be copied, "" when there is none.
Result<std::string> newest_snapshot(Call& call, const std::string& backup) {
  catalog::Query query;
  query.filter = schema::all_of(
      {schema::equals("backupdef", backup), schema::equals("state", "READY"),
       schema::equals("type", "SNAPSHOT"), schema::equals("source_type", "kubernetes")});
  query.sort = {{"start_time", true}};
  query.limit = 1;
  query.count_total = false;
  TRY(const catalog::Page page, call.parts.catalog.find(call.context, "backupinstances", query));
  return page.documents.empty() ? std::string() : page.documents.front().id;
}

// What a run works with, as it was looked up.
struct Run {
  Json cluster;
  std::string backup_id;
  Json backup;
  std::string point_id;  // "": the snapshot that the job itself takes
  std::string store_id;
  bool takes_snapshot = false;
};

// A snapshot is taken when the request asks for one or, without a word of it there, the definition;
// never for one given recovery point.
bool wants_snapshot(const Json& copy, const Json& request) {
  if (!text_at(copy, "backup_inst").empty()) return false;
  const Json& asked = member(request, "runBackup");
  return (asked.is_boolean() ? asked : member(copy, "run_backup")) == true;
}

Result<void> choose_given_point(Call& call, const std::string& id, Run& run, Json& issues) {
  TRY(const Json point, body_of(call.parts, call.context, "backupinstances", id));
  const std::string obstacle = copy_obstacle(point, id);
  if (!obstacle.empty()) schema::add_issue(issues, "backup_inst", obstacle);
  run.point_id = id;
  if (run.backup_id.empty()) run.backup_id = text_at(point, "backupdef");
  return {};
}

Result<void> choose_point(Call& call, const Json& copy, Run& run, Json& issues) {
  const std::string given = text_at(copy, "backup_inst");
  if (!given.empty()) TRY_VOID(choose_given_point(call, given, run, issues));
  TRY(run.backup, body_of(call.parts, call.context, "kubebackups", run.backup_id));
  if (!given.empty()) return {};
  if (run.takes_snapshot) {
    if (run.backup.is_null()) {
      schema::add_issue(issues, "backupdef",
                        "backup '" + run.backup_id +
                            "' does not exist any more, so no snapshot can "
                            "be taken; run with runBackup false to copy its newest one");
    }
    return {};
  }
  TRY(run.point_id, newest_snapshot(call, run.backup_id));
  if (!run.point_id.empty()) return {};
  schema::add_issue(issues, "backupdef",
                    "backup '" + run.backup_id +
                        "' has no READY snapshot to copy; run the backup "
                        "first, or run this with runBackup true");
  return {};
}

std::string store_of(const Json& definition, const char* provider) {
  return text_at(member(definition, provider), "user_objectstore");
}

Result<void> choose_store(Call& call, const Json& copy, Run& run, Json& issues) {
  run.store_id = store_of(copy, "offload_provider");
  if (run.store_id.empty()) run.store_id = store_of(run.cluster, "backup_provider");
  if (run.store_id.empty()) {
    schema::add_issue(issues, kStoreField,
                      "required field: no object store to copy to; set it here, or "
                      "backup_provider.user_objectstore of the cluster");
    return {};
  }
  TRY(const Json store, body_of(call.parts, call.context, "objectstores", run.store_id));
  if (store.is_null()) {
    schema::add_issue(issues, kStoreField,
                      schema::missing_reference_text({kStoreField, "objectstores", run.store_id}));
  }
  return {};
}

Json job_of(const catalog::Document& document, const Json& copy, const Run& run,
            const Json& request, EpochSeconds start_time) {
  Json fields = {{"cluster", text_at(copy, "cluster")},
                 {"cluster_name", text_at(run.cluster, "name")},
                 {"offloaddef", document.id},
                 {"offloaddef_name", text_at(copy, "name")},
                 {"run_backup", run.takes_snapshot}};
  if (!run.backup_id.empty()) fields["backupdef"] = run.backup_id;
  if (!run.backup.is_null()) fields["backupdef_name"] = text_at(run.backup, "name");
  if (!run.point_id.empty()) fields["backup_inst"] = run.point_id;
  const Json& retention = member(request, "retention");
  if (retention.is_object()) fields["retention"] = retention;
  return new_job("K8S_COPY", "kubeoffload", start_time, fields);
}

Json with_run(Json copy, const std::string& job_id, EpochSeconds start_time) {
  Json& status = copy["status"];
  if (!status.is_object()) status = Json::object();
  status["state"] = "JOB_CREATED";
  status["jobid"] = job_id;
  status["message"] = "";
  status["last_job_run_time"] = start_time;
  return copy;
}

// Clients look for the job among all of the backup's, so it begins later than any run of either.
EpochSeconds start_time_of(Call& call, const Json& copy, const Run& run) {
  const EpochSeconds now = call.parts.clock.wall_seconds();
  return std::max(next_start_time(now, copy), next_start_time(now, run.backup));
}

Result<http::Response> start(Call& call, const catalog::Document& document, const Run& run,
                             const Json& request) {
  const Json copy = document.body();
  const EpochSeconds start_time = start_time_of(call, copy, run);
  const std::string job_id = new_object_id(call.parts.clock.wall_seconds());
  catalog::Transaction transaction;
  transaction.changes = reference_guards({{kStoreField, "objectstores", run.store_id}});
  transaction.changes.emplace_back(
      catalog::RequireNone{"jobs", active_jobs(schema::equals("offloaddef", document.id))});
  if (!run.point_id.empty()) transaction.changes.emplace_back(still_ready(run.point_id));
  transaction.changes.emplace_back(
      catalog::Insert{"jobs", job_id, job_of(document, copy, run, request, start_time)});
  const auto edit = [job_id, start_time](const Json& stored) -> Result<Json> {
    return with_run(stored, job_id, start_time);
  };
  transaction.changes.emplace_back(
      catalog::Edit{"kubeoffloads", document.id, {}, catalog::Touch::server, edit});
  auto committed = call.parts.catalog.commit(call.context, transaction);
  if (!committed && committed.error().code == ErrorCode::not_found) return not_found();
  if (!committed) return commit_refused(std::move(committed).error(), Json());
  if (call.parts.hooks.jobs_changed) call.parts.hooks.jobs_changed();
  // As it was before: clients look for a job later than the last_job_run_time in it.
  return document_response(call.view, document);
}

// A pause is of the schedule: who runs a copy by hand gets one.
Result<http::Response> run(Call& call, const catalog::Document& document, const Json& request) {
  const Json copy = document.body();
  Run chosen;
  TRY(chosen.cluster, body_of(call.parts, call.context, "kubeclusters", text_at(copy, "cluster")));
  if (chosen.cluster.is_null()) {
    return refusal(409, "the cluster of this copy does not exist any more");
  }
  chosen.backup_id = text_at(copy, "backupdef");
  chosen.takes_snapshot = wants_snapshot(copy, request);
  Json issues = Json::object();
  TRY_VOID(choose_point(call, copy, chosen, issues));
  TRY_VOID(choose_store(call, copy, chosen, issues));
  if (!issues.empty()) return insertion_refused(issues);
  return start(call, document, chosen, request);
}

}  // namespace

Behaviour kube_offloads() {
  return {.prepare = prepare, .remove = remove, .written = {}, .actions = {{"run", run}}};
}

}  // namespace salvor::api
