#include "api/request_body.h"

#include <nlohmann/json.hpp>

#include "api/problem.h"

namespace salvor::api {

bool has_json(const http::Request& request) {
  const std::string header = http::header(request.headers, "Content-Type");
  std::string type = header.substr(0, header.find(';'));
  type.resize(type.find_last_not_of(" \t") + 1);
  return type == "application/json";
}

Result<Json> read_body(const http::Request& request) {
  if (!has_json(request)) return refusal(400, "Unknown or no Content-Type header supplied");
  Result<Json> body = parse_json(request.body);
  if (!body) return refusal(400, "Failed to decode JSON object: " + body.error().message);
  return body;
}

Result<Json> read_optional_body(const http::Request& request) {
  if (request.body.find_first_not_of(" \t\r\n") == std::string::npos) return Json();
  return read_body(request);
}

}  // namespace salvor::api
