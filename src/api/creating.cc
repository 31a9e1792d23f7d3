#include "api/creating.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "api/behaviour.h"
#include "api/problem.h"
#include "api/request_body.h"
#include "api/responses.h"
#include "api/secrets.h"
#include "api/stored_rules.h"
#include "schema/validate.h"

namespace salvor::api {
namespace {

// One document of the body, checked, with what its resource adds.
struct Candidate {
  schema::Validated validated;
  Preparation preparation;

  const Json& issues() const { return validated.issues; }
};

Result<Candidate> check(Call& call, const Json& body) {
  Candidate candidate;
  candidate.validated = schema::validate(call.resource(), body, schema::Mode::create);
  if (!candidate.validated.ok()) return candidate;
  TRY_VOID(check_stored_rules(call.context, call.parts.catalog, call.resource(),
                              candidate.validated, ""));
  if (!candidate.validated.ok() || !call.behaviour.prepare) return candidate;
  const Draft draft{.document = candidate.validated.document, .stored = nullptr, .id = ""};
  TRY(candidate.preparation, call.behaviour.prepare(call.parts, call.context, draft));
  candidate.validated.issues = candidate.preparation.issues;
  return candidate;
}

// Eve does not see two documents of one body that take the same unique value; the second is
// refused here.
void check_unique_within(const schema::Resource& resource, std::vector<Candidate>& candidates) {
  for (const schema::Field& field : resource.fields) {
    if (!field.traits.has(schema::unique)) continue;
    for (std::size_t later = 1; later < candidates.size(); ++later) {
      const Json& value = member(candidates[later].validated.document, field.name);
      if (value.is_null() || !candidates[later].validated.ok()) continue;
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        if (member(candidates[earlier].validated.document, field.name) != value) continue;
        schema::add_issue(candidates[later].validated.issues, field.name,
                          schema::not_unique_text(value));
        break;
      }
    }
  }
}

http::Response bulk_refused(const std::vector<Candidate>& candidates) {
  std::string items;
  std::size_t wrong = 0;
  for (const Candidate& candidate : candidates) {
    if (!items.empty()) items += ", ";
    if (candidate.validated.ok()) {
      items += "{\"_status\": \"OK\"}";
      continue;
    }
    ++wrong;
    items += "{\"_status\": \"ERR\", \"_issues\": " + wire_json(candidate.issues()) + "}";
  }
  http::Response response = problem(
      422, "Insertion failure: " + std::to_string(wrong) + " document(s) contain(s) error(s)");
  const std::string start = "{\"_status\": \"ERR\", ";
  response.body.insert(start.size(), "\"_items\": [" + items + "], ");
  return response;
}

void append_changes(Call& call, Candidate& candidate, catalog::Transaction& transaction) {
  for (catalog::Change& guard : reference_guards(candidate.validated.references)) {
    transaction.changes.push_back(std::move(guard));
  }
  for (catalog::Change& guard : candidate.preparation.guards) {
    transaction.changes.push_back(std::move(guard));
  }
  Json document = candidate.validated.document;
  document.merge_patch(candidate.preparation.fill);
  seal_secrets(call.resource(), call.parts.sealer, document, nullptr);
  transaction.changes.emplace_back(catalog::Insert{
      call.resource().path, candidate.validated.id.value_or(""), std::move(document)});
}

std::string created_item(const View& view, const catalog::Document& document,
                         const Json& shown_once) {
  std::string shown = view.visible_text(document);
  if (!shown_once.empty()) {
    Json fields = parse_json(shown).value();  // our own text
    fields.update(shown_once);
    shown = wire_json(fields);
  }
  return view.item(document, shown, view.related(shown), "", ", \"_status\": \"OK\"");
}

http::Response created(const Call& call, const std::vector<catalog::Document>& documents,
                       const std::vector<Candidate>& candidates) {
  std::string body;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (i > 0) body += ", ";
    body += created_item(call.view, documents[i], candidates[i].preparation.shown_once);
  }
  const bool is_single = documents.size() == 1;
  http::Response response =
      json_response(is_single ? body : "{\"_status\": \"OK\", \"_items\": [" + body + "]}");
  response.status = 201;
  response.headers.emplace("Location", call.parts.options.base_url + "/api/v1/" +
                                           call.resource().path + "/" + documents.front().id);
  if (is_single) response.headers.emplace("ETag", '"' + documents.front().etag + '"');
  return response;
}

}  // namespace

Result<http::Response> create(Call& call) {
  TRY(Json body, read_body(call.request));
  if (body.is_null() || (body.is_array() && body.empty())) {
    return refusal(400, "the body holds no document");
  }
  if (!body.is_array()) body = Json::array({std::move(body)});

  std::vector<Candidate> candidates;
  bool all_right = true;
  for (const Json& one : body) {
    TRY(Candidate candidate, check(call, one));
    candidates.push_back(std::move(candidate));
  }
  check_unique_within(call.resource(), candidates);
  for (const Candidate& candidate : candidates) all_right = all_right && candidate.validated.ok();
  if (!all_right && candidates.size() == 1) return insertion_refused(candidates.front().issues());
  if (!all_right) return bulk_refused(candidates);

  catalog::Transaction transaction;
  for (Candidate& candidate : candidates) append_changes(call, candidate, transaction);
  auto documents = call.parts.catalog.commit(call.context, transaction);
  if (!documents) {
    return commit_refused(std::move(documents).error(), candidates.front().validated.document);
  }
  if (call.behaviour.written) {
    for (const catalog::Document& document : *documents) {
      call.behaviour.written(call.parts, document.id);
    }
  }
  return created(call, *documents, candidates);
}

}  // namespace salvor::api
