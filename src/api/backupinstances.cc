#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "api/behaviour.h"
#include "api/call.h"
#include "api/job_documents.h"
#include "api/problem.h"
#include "api/responses.h"
#include "api/stored_rules.h"
#include "base/random.h"
#include "schema/query.h"

namespace salvor::api {
namespace {

// Rows read at once.
constexpr std::uint64_t kRowsAtOnce = 2000;

schema::Filter jobs_of(const std::string& recovery_point, bool is_removal) {
  const std::string removal = "DELETE_BACKUP";
  return active_jobs(schema::all_of(
      {schema::equals("backup_inst", recovery_point),
       is_removal ? schema::equals("type", removal) : schema::differs("type", removal)}));
}

Result<bool> is_being_removed(const Parts& parts, Context& context, const std::string& id) {
  catalog::Query query;
  query.filter = jobs_of(id, true);
  query.limit = 1;
  query.count_total = false;
  TRY(const catalog::Page page, parts.catalog.find(context, "jobs", query));
  return !page.documents.empty();
}

struct NewJob {
  std::string_view type;
  std::string_view name;  // begins so
};

Json job_on(const catalog::Document& document, const Json& body, const NewJob& job,
            EpochSeconds now) {
  Json fields = {{"backup_inst", document.id}};
  for (const char* name : {"cluster", "cluster_name", "backupdef", "backupdef_name"}) {
    const std::string value = text_at(body, name);
    if (!value.empty()) fields[name] = value;
  }
  return new_job(job.type, job.name, now, fields);
}

// The data lies in a store, which only jobs reach: the document is marked, and the job that removes
// the data removes it, too.
Result<Removal> remove(const Parts& parts, Context& context, const catalog::Document& document) {
  Removal removal{.changes = {}, .keeps_document = true};
  const Json body = document.body();
  if (member(member(body, "status"), "locked") == true) {
    const Json& expiry = member(body, "expiry_timestamp");
    if (!expiry.is_number_integer())
      return refusal(409, "this recovery point is locked until its retention ends");
    const auto end = expiry.get<EpochSeconds>();
    if (end > parts.clock.wall_seconds())
      return refusal(409, "this recovery point is locked until " + rfc3339(end));
  }
  TRY(const bool is_under_way, is_being_removed(parts, context, document.id));
  if (is_under_way) return removal;

  const auto mark = [](const Json& stored) -> Result<Json> {
    Json marked = stored;
    marked["state"] = "DELETING";
    return marked;
  };
  removal.changes.emplace_back(catalog::RequireNone{"jobs", jobs_of(document.id, false)});
  removal.changes.emplace_back(catalog::RequireNone{"jobs", jobs_of(document.id, true)});
  removal.changes.emplace_back(
      catalog::Edit{"backupinstances", document.id, {}, catalog::Touch::server, mark});
  removal.changes.emplace_back(catalog::Insert{
      "jobs", "", job_on(document, body, {"DELETE_BACKUP", "delete"}, parts.clock.wall_seconds())});
  return removal;
}

void written(const Parts& parts, const std::string&) {
  if (parts.hooks.jobs_changed) parts.hooks.jobs_changed();
}

// Storage class and driver of each volume claim, each pair once.
using ClassDrivers = std::set<std::pair<std::string, std::string>>;

Result<ClassDrivers> class_drivers(Call& call, schema::Filter rows) {
  ClassDrivers found;
  catalog::Query query;
  query.filter = std::move(rows);
  query.limit = kRowsAtOnce;
  query.count_total = false;
  while (true) {
    TRY(const catalog::Page page, call.parts.catalog.find(call.context, "kubepvclaims", query));
    for (const catalog::Document& row : page.documents) {
      const Json body = row.body();
      std::string name = text_at(body, "storage_class_name");
      if (!name.empty()) found.emplace(std::move(name), text_at(body, "driver"));
    }
    if (page.documents.size() < kRowsAtOnce) return found;
    query.skip += kRowsAtOnce;
  }
}

schema::Filter claims_of(const std::string& recovery_point, const Json& namespaces) {
  schema::Filter rows = schema::equals("backupinst_id", recovery_point);
  if (!namespaces.is_array() || namespaces.empty()) return rows;
  const std::vector<Json> names(namespaces.begin(), namespaces.end());
  return schema::all_of({std::move(rows), schema::in("namespace_name", names)});
}

std::string class_text(const std::pair<std::string, std::string>& pair) {
  std::string text = "{\"storage_class_name\": " + wire_json(Json(pair.first));
  if (!pair.second.empty()) text += ", \"driver\": " + wire_json(Json(pair.second));
  return text + "}";
}

Result<http::Response> list_storage_classes(Call& call, const catalog::Document& document,
                                            const Json& request) {
  TRY(const ClassDrivers found,
      class_drivers(call, claims_of(document.id, member(request, "namespaces"))));
  const auto parameter = [&call](const char* name) {
    const std::string* value = call.target.find(name);
    return value ? *value : std::string();
  };
  const std::uint64_t page = schema::parse_page(parameter("page"));
  const std::uint64_t size = schema::parse_max_results(call.resource(), parameter("max_results"));
  std::string items;
  std::uint64_t place = 0;
  for (const auto& pair : found) {
    const bool is_shown = place >= (page - 1) * size && place < page * size;
    ++place;
    if (is_shown) items += (items.empty() ? "" : ", ") + class_text(pair);
  }
  return json_response("{\"_items\": [" + items + "], \"_meta\": {\"page\": " +
                       std::to_string(page) + ", \"max_results\": " + std::to_string(size) +
                       ", \"total\": " + std::to_string(found.size()) + "}}");
}

Result<http::Response> resource_types(Call&, const catalog::Document& document, const Json&) {
  const Json body = document.body();
  const Json& types = member(body, "resource_types");
  return json_response("{\"_items\": " + (types.is_array() ? wire_json(types) : "[]") + "}");
}

struct NewProof {
  NewJob job;
  std::string_view noted_as;  // the field of the recovery point that names the job
  Json fields;                // of the job, besides or instead of the usual ones
};

// One at a time: of two at once the second finds the other's job and is refused.
Result<http::Response> start_proof(Call& call, const catalog::Document& document,
                                   const NewProof& proof) {
  const EpochSeconds now = call.parts.clock.wall_seconds();
  const std::string job_id = new_object_id(now);
  Json job = job_on(document, document.body(), proof.job, now);
  job.update(proof.fields);
  catalog::Transaction transaction;
  transaction.changes.emplace_back(catalog::RequireNone{
      "jobs", active_jobs(schema::all_of({schema::equals("backup_inst", document.id),
                                          schema::equals("type", std::string(proof.job.type))}))});
  transaction.changes.emplace_back(still_ready(document.id));
  transaction.changes.emplace_back(catalog::Insert{"jobs", job_id, std::move(job)});
  const auto edit = [job_id,
                     field = std::string(proof.noted_as)](const Json& stored) -> Result<Json> {
    Json noted = stored;
    noted[field] = job_id;
    return noted;
  };
  transaction.changes.emplace_back(
      catalog::Edit{"backupinstances", document.id, {}, catalog::Touch::server, edit});
  auto committed = call.parts.catalog.commit(call.context, transaction);
  if (!committed && committed.error().code == ErrorCode::not_found) return not_found();
  if (!committed) return commit_refused(std::move(committed).error(), Json());
  if (call.parts.hooks.jobs_changed) call.parts.hooks.jobs_changed();
  return document_response(call.view, committed->back());
}

Result<http::Response> verify(Call& call, const catalog::Document& document, const Json&) {
  return start_proof(call, document, {{"VERIFY", "verify"}, "verify_jobid", Json::object()});
}

// The first of the names that the recovery point does not list; "" when it lists all.
Result<std::string> unknown_namespace(Call& call, const std::string& point, const Json& names) {
  for (const Json& name : names) {
    catalog::Query query;
    query.filter =
        schema::all_of({schema::equals("backupinst_id", point), schema::equals("name", name)});
    query.limit = 1;
    query.count_total = false;
    TRY(const catalog::Page page, call.parts.catalog.find(call.context, "kubenamespaces", query));
    if (page.documents.empty()) return name.get<std::string>();
  }
  return std::string();
}

Result<http::Response> drill(Call& call, const catalog::Document& document, const Json& request) {
  const std::string named = text_at(request, "cluster");
  const std::string cluster = named.empty() ? text_at(document.body(), "cluster") : named;
  TRY(const std::string name, cluster_name(call.context, call.parts.catalog, cluster));
  if (name.empty() && !named.empty())
    return change_refused({{"cluster", "there is no cluster '" + named + "'"}});
  if (name.empty()) {
    return refusal(409, "the cluster of this recovery point does not exist any more; name another");
  }
  TRY(const std::string unknown,
      unknown_namespace(call, document.id, member(request, "namespaces")));
  if (!unknown.empty())
    return change_refused(
        {{"namespaces", "the recovery point has no namespace '" + unknown + "'"}});
  Json asked = Json::object();
  for (const char* field : {"namespaces", "exclude_resource_types", "ready_timeout_seconds"}) {
    if (!member(request, field).is_null()) asked[field] = member(request, field);
  }
  return start_proof(call, document,
                     {{"DRILL", "drill"},
                      "drill_jobid",
                      {{"cluster", cluster}, {"cluster_name", name}, {"drill", std::move(asked)}}});
}

}  // namespace

Behaviour backup_instances() {
  return {.prepare = {},
          .remove = remove,
          .written = written,
          .actions = {{"verify", verify},
                      {"drill", drill},
                      {"list-storage-classes", list_storage_classes},
                      {"resource-types", resource_types}}};
}

}  // namespace salvor::api
