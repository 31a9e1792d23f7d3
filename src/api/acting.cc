#include "api/acting.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/behaviour.h"
#include "api/by_id.h"
#include "api/problem.h"
#include "api/request_body.h"
#include "schema/validate.h"

namespace salvor::api {
namespace {

const schema::Action& declared(const Call& call) {
  const auto& actions = call.resource().actions;
  const auto found = std::find_if(actions.begin(), actions.end(), [&call](const auto& action) {
    return action.name == call.route.name;
  });
  CHECK(found != actions.end());
  return *found;
}

Result<Json> read_request(const Call& call, const schema::Action& action) {
  if (action.request.empty() || action.is_query) return Json();
  if (action.takes_any_body && !has_json(call.request)) return Json();
  return read_optional_body(call.request);
}

}  // namespace

Result<http::Response> act(Call& call) {
  const schema::Action& action = declared(call);
  const auto handler = call.behaviour.actions.find(action.name);
  CHECK(handler != call.behaviour.actions.end());

  TRY(const Json body, read_request(call, action));
  TRY(const catalog::Document document,
      document_of_path(call.context, call.parts.catalog, call.resource().path, call.route.id));
  schema::Validated request = schema::validate_request(action, body);
  if (!request.ok()) return insertion_refused(request.issues);
  return handler->second(call, document, request.document);
}

}  // namespace salvor::api
