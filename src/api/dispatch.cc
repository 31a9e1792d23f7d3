#include "api/dispatch.h"

#include <nlohmann/json.hpp>

#include "api/acting.h"
#include "api/call.h"
#include "api/changing.h"
#include "api/creating.h"
#include "api/exchange.h"
#include "api/links.h"
#include "api/methods.h"
#include "api/problem.h"
#include "api/reading.h"
#include "api/removing.h"
#include "api/responses.h"
#include "resources/all.h"
#include "schema/openapi.h"

namespace salvor::api {
namespace {

const Behaviour kPlain{};

bool is_reading(const std::string& method) { return method == "GET" || method == "HEAD"; }

http::Response options_answer(const std::string& allow) {
  http::Response response;
  response.headers.emplace("Content-Type", "text/html; charset=utf-8");
  if (!allow.empty()) response.headers.emplace("Allow", allow);
  return response;
}

http::Response not_allowed(const std::string& allow) {
  http::Response response = problem(405, kMethodText);
  response.headers.emplace("Allow", allow);
  return response;
}

Error admins_only() {
  return refusal(403, "this needs the API key of an administrator (org_role ADMIN)");
}

}  // namespace

std::string openapi_text() {
  return wire_json(schema::openapi({.title = "Salvor", .version = "v1", .base_path = "/api/v1"},
                                   resources::all()));
}

Dispatch::Dispatch(const Parts& parts)
    : parts_(parts),
      auth_(parts.catalog),
      behaviours_(all_behaviours()),
      home_(home_links(resources::all())) {
  for (const schema::Resource* resource : resources::all()) {
    views_.emplace(resource->path, View(*resource));
  }
}

Answer Dispatch::answer(const http::Request& request, const std::string& method) {
  const http::Target target = http::split_target(request.target);
  const Route route = find_route(target.path);
  const std::vector<std::string> methods = allowed_methods(route, resources::find(route.resource));
  Answer answer{.response = {}, .allow = allow_header(methods)};
  if (method == "OPTIONS") {
    answer.response = options_answer(answer.allow);
  } else if (methods.empty()) {
    answer.response = problem(404, kNotFoundText);
  } else if (!is_allowed(route, methods, method)) {
    answer.response = not_allowed(answer.allow);
  } else {
    Result<http::Response> response = by_place(request, target, route, method);
    if (!response && http_status(response.error()) >= 500) {
      parts_.log.error(
          "request failed",
          {{"method", method}, {"path", target.path}, {"error", response.error().describe()}});
    }
    answer.response = response ? std::move(response).value() : problem(response.error());
  }
  return answer;
}

Context Dispatch::context() const {
  const Context forever{parts_.clock, parts_.log, {}, {}};
  return forever.within(parts_.options.request_timeout);
}

Result<http::Response> Dispatch::by_place(const http::Request& request, const http::Target& target,
                                          const Route& route, const std::string& method) {
  if (route.place == Place::documents) {
    std::call_once(documents_made_, [this] { documents_ = openapi_text(); });
    return json_response(documents_);
  }
  Context waiting = context();
  TRY(const Caller caller, auth_.admit(waiting, request.headers));
  switch (route.place) {
    case Place::none:
    case Place::documents:
      break;
    case Place::home:
      return json_response(home_);
    case Place::exchange:
      return exchange(request, target, route, caller);
    case Place::collection:
    case Place::item:
    case Place::action:
    case Place::part:
      return by_resource(request, target, route, method, caller);
  }
  return not_found();
}

Result<http::Response> Dispatch::by_resource(const http::Request& request,
                                             const http::Target& target, const Route& route,
                                             const std::string& method, const Caller& caller) {
  const auto view = views_.find(route.resource);
  CHECK(view != views_.end());
  const auto found = behaviours_.find(route.resource);
  const Behaviour& behaviour = found == behaviours_.end() ? kPlain : found->second;
  if (behaviour.is_admins && !is_reading(method) && !caller.is_admin) return admins_only();

  Call call{parts_, request, target, route, view->second, behaviour, caller, context()};
  Result<http::Response> response = by_method(call, method);
  if (route.resource == "apikeys" && !is_reading(method)) auth_.forget();
  return response;
}

Result<http::Response> Dispatch::by_method(Call& call, const std::string& method) {
  const Place place = call.route.place;
  if (place == Place::action || place == Place::part) return act(call);
  if (place == Place::collection) return is_reading(method) ? read_list(call) : create(call);
  if (is_reading(method)) return read_item(call);
  if (method == "DELETE") return remove(call);
  return change(call, method == "PUT" ? schema::Mode::replace : schema::Mode::patch);
}

Result<http::Response> Dispatch::exchange(const http::Request& request, const http::Target& target,
                                          const Route& route, const Caller& caller) {
  if (!caller.is_admin) return admins_only();
  Context waiting = context();
  if (route.name == "export") return export_catalog(parts_, waiting);
  Result<http::Response> response = import_catalog(parts_, waiting, request, target);
  auth_.forget();
  return response;
}

}  // namespace salvor::api
