#include "api/changing.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/behaviour.h"
#include "api/by_id.h"
#include "api/preconditions.h"
#include "api/problem.h"
#include "api/request_body.h"
#include "api/responses.h"
#include "api/secrets.h"
#include "api/stored_rules.h"

namespace salvor::api {
namespace {

// A PATCH answers for what it brings: a reference that is stored already is not checked again, even
// if its document has gone meanwhile.
void forget_kept_references(const schema::Resource& resource, const Json& stored,
                            schema::Validated& validated) {
  const std::vector<schema::Reference> kept = schema::references(resource, stored);
  std::erase_if(validated.references, [&kept](const schema::Reference& reference) {
    return std::any_of(kept.begin(), kept.end(), [&reference](const schema::Reference& old) {
      return old.field == reference.field && old.id == reference.id;
    });
  });
}

// The new document, checked against the stored one. Fails with the issues of the body.
Result<schema::Validated> check(Call& call, const Json& body, schema::Mode mode,
                                const Json& stored) {
  schema::Validated validated = schema::validate(call.resource(), body, mode, &stored);
  if (validated.id && *validated.id != call.route.id) {
    return refusal(
        400,
        "Attempt to update an immutable field. Usually happens when PATCH or PUT include "
        "a '_id' field, which is immutable (PUT can include it as long as it is "
        "unchanged).");
  }
  if (!validated.ok()) return change_refused(validated.issues);
  if (mode == schema::Mode::patch) forget_kept_references(call.resource(), stored, validated);
  TRY_VOID(check_stored_rules(call.context, call.parts.catalog, call.resource(), validated,
                              call.route.id));
  if (!validated.ok()) return change_refused(validated.issues);
  return validated;
}

Result<Preparation> prepare(Call& call, const Json& document, const Json& stored) {
  if (!call.behaviour.prepare) return Preparation{};
  const Draft draft{.document = document, .stored = &stored, .id = call.route.id};
  TRY(Preparation preparation, call.behaviour.prepare(call.parts, call.context, draft));
  if (!preparation.issues.empty()) return change_refused(preparation.issues);
  return preparation;
}

// The write itself. Only the server's own fields can have changed since the check, because the etag
// holds the client's; so the document is made again from what is stored now.
catalog::Edit edit(Call& call, const Json& body, schema::Mode mode, const std::string& etag,
                   const Json& fill) {
  const schema::Resource& resource = call.resource();
  const Sealer& sealer = call.parts.sealer;
  const auto make = [&resource, &sealer, body, mode, fill](const Json& stored) -> Result<Json> {
    schema::Validated again = schema::validate(resource, body, mode, &stored);
    if (!again.ok()) return change_refused(again.issues);
    again.document.merge_patch(fill);
    seal_secrets(resource, sealer, again.document, &stored);
    return std::move(again.document);
  };
  return {resource.path, call.route.id, etag, catalog::Touch::client, make};
}

}  // namespace

Result<http::Response> change(Call& call, schema::Mode mode) {
  TRY(const Json body, read_body(call.request));
  TRY(const catalog::Document document,
      document_of_path(call.context, call.parts.catalog, call.resource().path, call.route.id));
  TRY(const std::string etag, required_etag(call.request.headers, document));
  const Json stored = document.body();
  TRY(const schema::Validated validated, check(call, body, mode, stored));
  TRY(Preparation preparation, prepare(call, validated.document, stored));

  catalog::Transaction transaction;
  transaction.changes = reference_guards(validated.references);
  for (catalog::Change& guard : preparation.guards) {
    transaction.changes.push_back(std::move(guard));
  }
  transaction.changes.emplace_back(edit(call, body, mode, etag, preparation.fill));
  auto documents = call.parts.catalog.commit(call.context, transaction);
  if (!documents) {
    if (documents.error().code == ErrorCode::not_found) return not_found();
    return commit_refused(std::move(documents).error(), validated.document);
  }
  if (call.behaviour.written) call.behaviour.written(call.parts, call.route.id);
  http::Response response = document_response(call.view, documents->front());
  if (mode == schema::Mode::replace) {
    response.headers.emplace("Last-Modified", rfc1123(documents->front().updated));
  }
  return response;
}

}  // namespace salvor::api
