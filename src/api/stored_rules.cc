#include "api/stored_rules.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "api/by_id.h"
#include "api/preconditions.h"
#include "api/problem.h"
#include "resources/all.h"

namespace salvor::api {
namespace {

Result<void> check_references(Context& context, catalog::Catalog& catalog,
                              schema::Validated& validated) {
  std::map<std::string, std::set<std::string>> wanted;
  for (const schema::Reference& reference : validated.references) {
    wanted[reference.resource].insert(reference.id);
  }
  std::map<std::string, std::set<std::string>> found;
  for (const auto& [resource, ids] : wanted) {
    if (!resources::find(resource)) continue;
    TRY(const auto documents, documents_by_id(context, catalog, resource, ids));
    for (const catalog::Document& document : documents) found[resource].insert(document.id);
  }
  for (const schema::Reference& reference : validated.references) {
    if (found[reference.resource].contains(reference.id)) continue;
    schema::add_issue(validated.issues, reference.field, schema::missing_reference_text(reference));
  }
  return {};
}

Result<void> check_unique(Context& context, catalog::Catalog& catalog,
                          const schema::Resource& resource, schema::Validated& validated,
                          const std::string& own_id) {
  for (const schema::Field& field : resource.fields) {
    const Json& value = member(validated.document, field.name);
    if (!field.traits.has(schema::unique) || value.is_null()) continue;
    catalog::Query query;
    query.filter = schema::equals(field.name, value);
    query.limit = 1;
    query.count_total = false;
    TRY(const catalog::Page page, catalog.find(context, resource.path, query));
    if (page.documents.empty() || page.documents.front().id == own_id) continue;
    schema::add_issue(validated.issues, field.name, schema::not_unique_text(value));
  }
  return {};
}

// Only jobs pass by themselves.
Error stands_against(const std::string& resource, const std::string& id) {
  if (resource == "jobs") {
    return refusal(409, "job " + id + " is not over yet; wait for its end or cancel it");
  }
  return refusal(409,
                 "document " + id + " of " + resource + " refers to it; change or remove that");
}

}  // namespace

Result<void> check_stored_rules(Context& context, catalog::Catalog& catalog,
                                const schema::Resource& resource, schema::Validated& validated,
                                const std::string& own_id) {
  TRY_VOID(check_references(context, catalog, validated));
  return check_unique(context, catalog, resource, validated, own_id);
}

std::vector<catalog::Change> reference_guards(const std::vector<schema::Reference>& references) {
  std::vector<catalog::Change> guards;
  for (const schema::Reference& reference : references) {
    const auto check = [reference](const Json* stored) -> Result<void> {
      if (stored) return {};
      Json issues = Json::object();
      schema::add_issue(issues, reference.field, schema::missing_reference_text(reference));
      return insertion_refused(issues);
    };
    guards.emplace_back(catalog::Require{reference.resource, reference.id, check});
  }
  return guards;
}

Error commit_refused(Error failure, const Json& document) {
  if (failure.code != ErrorCode::conflict) return failure;
  const std::string field = failure.fact("field");
  const std::string document_against = failure.fact("document");
  if (!document_against.empty()) return stands_against(failure.fact("resource"), document_against);
  if (field == "_etag") return stale_etag();
  if (field == "_id") return refusal(409, "a document with this _id exists already");
  if (field.empty()) return failure;
  Json issues = Json::object();
  schema::add_issue(issues, field, schema::not_unique_text(member(document, field)));
  return insertion_refused(issues);
}

}  // namespace salvor::api
