#include "api/cors.h"

#include <algorithm>

namespace salvor::api {

void add_cors_headers(const std::vector<std::string>& origins, const http::Request& request,
                      const std::string& allow, http::Response& response) {
  const std::string origin = http::header(request.headers, "Origin");
  if (origin.empty() || origins.empty()) return;

  const auto has = [&origins](const std::string& wanted) {
    return std::find(origins.begin(), origins.end(), wanted) != origins.end();
  };
  http::Headers& headers = response.headers;
  if (has("*")) headers.emplace("Vary", "Origin");
  const bool is_allowed = has("*") || has(origin);
  headers.emplace("Access-Control-Allow-Origin", is_allowed ? origin : "");
  headers.emplace("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match");
  headers.emplace("Access-Control-Expose-Headers", "ETag, Location, X-Total-Count");
  headers.emplace("Access-Control-Allow-Methods", allow);
  headers.emplace("Access-Control-Max-Age", "21600");
}

}  // namespace salvor::api
