#include "api/problem.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace salvor::api {

const std::string kNotFoundText =
    "The requested URL was not found on the server. If you entered the URL manually please check "
    "your spelling and try again.";
const std::string kMethodText = "The method is not allowed for the requested URL.";
const std::string kCredentialsText = "Please provide proper credentials";

namespace {

constexpr const char* kStatusFact = "http_status";
constexpr const char* kIssuesFact = "issues";
constexpr const char* kBareFact = "issues_only";

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::conflict:
      return 409;
    case ErrorCode::invalid:
      return 400;
    case ErrorCode::denied:
      return 403;
    case ErrorCode::unavailable:
    case ErrorCode::unknown_outcome:
    case ErrorCode::cancelled:
      return 503;
    case ErrorCode::exhausted:
      return 507;
    case ErrorCode::corrupt:
    case ErrorCode::bug:
      return 500;
  }
  return 500;
}

std::string error_object(int status, std::string_view message) {
  return "{\"code\": " + std::to_string(status) + ", \"message\": " + wire_json(Json(message)) +
         "}";
}

http::Response json_answer(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.emplace("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

Error with_issues(const Json& issues) {
  return refusal(422, "Insertion failure: 1 document(s) contain(s) error(s)")
      .with(kIssuesFact, wire_json(issues));
}

}  // namespace

Error refusal(int status, std::string message) {
  return error(ErrorCode::invalid, std::move(message)).with(kStatusFact, std::to_string(status));
}

Error not_found() { return refusal(404, kNotFoundText); }

Error insertion_refused(const Json& issues) { return with_issues(issues); }

Error change_refused(const Json& issues) { return with_issues(issues).with(kBareFact, "yes"); }

int http_status(const Error& failure) {
  const std::string own = failure.fact(kStatusFact);
  int status = 0;
  const auto [end, problem] = std::from_chars(own.data(), own.data() + own.size(), status);
  if (problem == std::errc() && status >= 400 && status <= 599) return status;
  return status_of(failure.code);
}

http::Response problem(int status, std::string_view message) {
  http::Response response = json_answer(
      status, "{\"_status\": \"ERR\", \"_error\": " + error_object(status, message) + "}");
  if (status == 401) response.headers.emplace("WWW-Authenticate", "Bearer");
  return response;
}

http::Response problem(const Error& failure) {
  const int status = http_status(failure);
  const std::string issues = failure.fact(kIssuesFact);
  if (!issues.empty()) {
    std::string body = "{\"_status\": \"ERR\", \"_issues\": " + issues;
    if (failure.fact(kBareFact).empty()) {
      body += ", \"_error\": " + error_object(status, failure.message);
    }
    return json_answer(status, body + "}");
  }
  if (status == 500) {
    return problem(status, "The server met an error of its own; its log says more.");
  }
  const bool has_hint = !failure.hint.empty();
  return problem(status, has_hint ? failure.message + " (" + failure.hint + ")" : failure.message);
}

}  // namespace salvor::api
