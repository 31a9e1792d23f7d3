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

// Without these no S3 server can be asked for anything.
constexpr const char* kNeeded[] = {"bucket_name", "s3provider.endpoint",
                                   "s3provider.credentials.access_key",
                                   "s3provider.credentials.secret_key"};

// Fields of the API that promise what this server does not do.
constexpr const char* kNotYet[] = {
    "private",
    "proxy_cluster_list",
    "s3provider.cloud",
    "s3provider.resource_group_name",
    "s3provider.storage_account_name",
    "s3provider.credentials.subscription_id",
    "s3provider.credentials.tenant_id",
    "s3provider.credentials.client_id",
    "s3provider.credentials.client_secret",
};

// What makes two definitions one place, besides the bucket.
constexpr const char* kPlace[] = {"provider_type", "region", "prefix", "s3provider.endpoint"};

// Where definitions of a bucket are looked for; nobody has more.
constexpr std::uint64_t kStoresMax = 1000;

const Json& at(const Json& document, std::string_view path) {
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return member(document, path);
  return at(member(document, path.substr(0, dot)), path.substr(dot + 1));
}

bool is_set(const Json& value) { return !value.empty() && value != false && value != ""; }

Json issues_of_fields(const Json& store) {
  Json issues = Json::object();
  if (text_at(store, "provider_type") == "azure") {
    schema::add_issue(issues, "provider_type",
                      "azure is not supported by this server yet; aws is any S3 server");
    return issues;
  }
  for (const char* path : kNeeded) {
    if (!is_set(at(store, path))) schema::add_issue(issues, path, "required field");
  }
  for (const char* path : kNotYet) {
    if (!is_set(at(store, path))) continue;
    schema::add_issue(issues, path, "is not supported by this server yet; leave it out");
  }
  const std::string certificates = text_at(store, "ca_certificate");
  if (!certificates.empty() &&
      certificates.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
    schema::add_issue(issues, "ca_certificate", "is not a certificate in PEM form");
  return issues;
}

bool is_same_place(const Json& one, const Json& other) {
  return std::all_of(std::begin(kPlace), std::end(kPlace),
                     [&](const char* path) { return at(one, path) == at(other, path); });
}

Result<void> check_place(const Parts& parts, Context& context, const Draft& draft, Json& issues) {
  const Json& bucket = member(draft.document, "bucket_name");
  catalog::Query query;
  query.filter = schema::equals("bucket_name", bucket);
  query.limit = kStoresMax;
  query.count_total = false;
  TRY(const catalog::Page page, parts.catalog.find(context, "objectstores", query));
  for (const catalog::Document& other : page.documents) {
    const Json body = other.body();
    if (other.id == draft.id || !is_same_place(draft.document, body)) continue;
    schema::add_issue(issues, "bucket_name",
                      schema::not_unique_text(bucket) + ": object store '" + text_at(body, "name") +
                          "' is the same place; give one a prefix");
    return {};
  }
  return {};
}

// A session token belongs to its keys: one that is stored goes when others come without one.
bool drops_token(const Draft& draft) {
  if (!draft.stored) return false;
  const auto is_kept = [&draft](const char* path) {
    return at(draft.document, path) == at(*draft.stored, path);
  };
  return is_kept("s3provider.credentials.session_token") &&
         !(is_kept("s3provider.credentials.access_key") &&
           is_kept("s3provider.credentials.secret_key"));
}

Result<Preparation> prepare(const Parts& parts, Context& context, const Draft& draft) {
  Preparation preparation;
  preparation.issues = issues_of_fields(draft.document);
  if (!preparation.issues.empty()) return preparation;
  TRY_VOID(check_place(parts, context, draft, preparation.issues));
  if (drops_token(draft)) {
    preparation.fill["s3provider"]["credentials"]["session_token"] = nullptr;
  }
  return preparation;
}

schema::Filter imports_from(const std::string& id) {
  return active_jobs(
      schema::all_of({schema::equals("objectstore", id), schema::equals("type", "IMPORT_COPIES")}));
}

// A recovery point that is being made or removed needs its store, too.
Result<Removal> remove(const Parts&, Context&, const catalog::Document& document) {
  Removal removal;
  removal.changes.emplace_back(catalog::RequireNone{"jobs", imports_from(document.id)});
  for (const auto& [resource, path] :
       {std::pair("kubeoffloads", "offload_provider.user_objectstore"),
        std::pair("kubeclusters", "backup_provider.user_objectstore"),
        std::pair("backupinstances", "objectstore")}) {
    removal.changes.emplace_back(catalog::RequireNone{resource, schema::equals(path, document.id)});
  }
  return removal;
}

// One at a time, as for `action/verify`.
Result<http::Response> import_copies(Call& call, const catalog::Document& document, const Json&) {
  const EpochSeconds now = call.parts.clock.wall_seconds();
  const std::string job_id = new_object_id(now);
  catalog::Transaction transaction;
  transaction.changes.emplace_back(catalog::RequireNone{"jobs", imports_from(document.id)});
  transaction.changes.emplace_back(catalog::Insert{
      "jobs", job_id, new_job("IMPORT_COPIES", "import", now, {{"objectstore", document.id}})});
  const auto edit = [job_id](const Json& stored) -> Result<Json> {
    Json noted = stored;
    noted["import_jobid"] = job_id;
    return noted;
  };
  transaction.changes.emplace_back(
      catalog::Edit{"objectstores", document.id, {}, catalog::Touch::server, edit});
  auto committed = call.parts.catalog.commit(call.context, transaction);
  if (!committed && committed.error().code == ErrorCode::not_found) return not_found();
  if (!committed) return commit_refused(std::move(committed).error(), Json());
  if (call.parts.hooks.jobs_changed) call.parts.hooks.jobs_changed();
  return document_response(call.view, committed->back());
}

}  // namespace

Behaviour object_stores() {
  return {
      .prepare = prepare, .remove = remove, .written = {}, .actions = {{"import", import_copies}}};
}

}  // namespace salvor::api
