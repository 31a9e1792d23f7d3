#include "api/api.h"

#include <utility>

#include "api/cors.h"
#include "api/dispatch.h"
#include "api/methods.h"
#include "api/problem.h"

namespace salvor::api {
namespace {

http::Response moved(const std::string& target) {
  http::Response response{.status = 308, .headers = {}, .body = {}};
  response.headers.emplace("Location", target);
  response.headers.emplace("Content-Type", "text/html; charset=utf-8");
  response.body = "<!doctype html>\n<title>Redirecting...</title>\n";
  return response;
}

}  // namespace

struct Api::State {
  State(catalog::Catalog& catalog, Clock& clock, Log& log, Sealer with, Hooks calls, Options chosen)
      : sealer(std::move(with)),
        hooks(std::move(calls)),
        options(std::move(chosen)),
        parts{catalog, clock, log, sealer, hooks, options},
        dispatch(parts) {}

  const Sealer sealer;
  const Hooks hooks;
  const Options options;
  const Parts parts;
  Dispatch dispatch;
};

Api::Api(catalog::Catalog& catalog, Clock& clock, Log& log, Sealer sealer, Hooks hooks,
         Options options)
    : state_(std::make_unique<State>(catalog, clock, log, std::move(sealer), std::move(hooks),
                                     std::move(options))) {}

Api::~Api() = default;

http::Response Api::handle(const http::Request& request) const {
  const std::string merged = merged_target(request.target);
  if (!merged.empty()) return moved(merged);

  const std::string method =
      effective_method(request.method, http::header(request.headers, "X-HTTP-Method-Override"));
  Answer answer = state_->dispatch.answer(request, method);
  add_cors_headers(state_->options.cors_origins, request, answer.allow, answer.response);
  return std::move(answer.response);
}

http::Response refusal_body(int status, const std::string& message) {
  return problem(status, message);
}

}  // namespace salvor::api
