#include "cli/api_client.h"

#include <algorithm>

namespace salvor::cli {
namespace {

constexpr std::int64_t kPageSize = 1000;  // the most that the API gives at once
constexpr std::chrono::seconds kCallTime{60};

std::string target_of(const std::string& path) { return "/api/v1/" + path; }

std::string list_target(const std::string& resource, const ListQuery& query, std::int64_t page,
                        std::int64_t page_size) {
  std::string target = target_of(resource) + "?max_results=" + std::to_string(page_size) +
                       "&page=" + std::to_string(page);
  const auto add = [&](const std::string& name, const std::string& value) {
    target += "&" + name + "=" + http::url_encode(value);
  };
  if (!query.where.is_null()) add("where", compact(query.where));
  if (!query.sort.empty()) add("sort", query.sort);
  if (!query.projection.is_null()) add("projection", compact(query.projection));
  if (!query.embedded.is_null()) add("embedded", compact(query.embedded));
  return target;
}

ErrorCode code_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return ErrorCode::denied;
    case 404:
      return ErrorCode::not_found;
    case 409:
    case 412:
    case 428:
      return ErrorCode::conflict;
    case 429:
    case 502:
    case 503:
    case 504:
      return ErrorCode::unavailable;
    default:
      return status >= 500 ? ErrorCode::bug : ErrorCode::invalid;
  }
}

std::string hint_of(int status) {
  switch (status) {
    case 401:
      return "the key is wrong or was revoked; run salvor login SERVER with a valid one";
    case 403:
      return "this key may not do that; use one with the right";
    case 412:
      return "somebody changed the object meanwhile; run the command again";
    case 429:
    case 503:
      return "the server is busy; try again in a moment";
    case 502:
    case 504:
      return "a proxy did not reach the server; check that salvor serve runs behind it";
    default:
      return status >= 500 ? "the server's log tells more" : "";
  }
}

// "_issues" nest as the document does: {"source": {"namespaces": "required field"}}.
void add_issues(const Json& issues, const std::string& path, Error& failure) {
  if (issues.is_object()) {
    for (const auto& [name, inner] : issues.items()) {
      add_issues(inner, path.empty() ? name : path + "." + name, failure);
    }
  } else if (issues.is_array()) {
    for (const Json& inner : issues) add_issues(inner, path, failure);
  } else {
    const std::string text = issues.is_string() ? issues.get<std::string>() : compact(issues);
    failure.pairs.emplace_back("issue", path + ": " + text);
  }
}

}  // namespace

Error refusal(const http::Response& response) {
  const std::string status = std::to_string(response.status);
  const Result<Json> parsed = parse_json(response.body);
  const Json body = parsed.ok() ? *parsed : Json();
  std::string said = text_at(member(body, "_error"), "message");
  if (said.empty()) {
    said =
        "the server answered " + status + " " + std::string(http::reason_phrase(response.status));
  }
  Error failure = error(code_of(response.status), std::move(said))
                      .with_hint(hint_of(response.status))
                      .with("http_status", status);
  const Json& issues = member(body, "_issues");
  if (!issues.is_null()) add_issues(issues, "", failure);
  return failure;
}

ApiClient::ApiClient(Context& context, std::unique_ptr<ApiTransport> transport, std::string key)
    : context_(context), transport_(std::move(transport)), key_(std::move(key)) {}

Result<std::string> ApiClient::send(const Call& call) {
  http::Request request;
  request.method = call.method;
  request.target = call.target;
  request.body = call.body;
  request.headers.emplace("Accept", "application/json");
  request.headers.emplace("Authorization", "Bearer " + key_);
  if (!call.body.empty()) request.headers.emplace("Content-Type", "application/json");
  if (!call.etag.empty()) request.headers.emplace("If-Match", "\"" + call.etag + "\"");
  Context limited = context_.within(kCallTime);
  TRY(http::Response response, transport_->send(limited, request));
  if (response.status >= 300) return refusal(response);
  return std::move(response.body);
}

Result<Json> ApiClient::send_json(const Call& call) {
  TRY(const std::string text, send(call));
  Result<Json> parsed = parse_json(text);
  if (parsed.ok()) return parsed;
  return error(ErrorCode::corrupt, "the answer is not JSON")
      .with_hint("is the address that of a Salvor server?");
}

Result<Json> ApiClient::get(const std::string& path) {
  return send_json({.method = "GET", .target = target_of(path)});
}

Result<std::string> ApiClient::get_text(const std::string& path) {
  return send({.method = "GET", .target = target_of(path)});
}

Result<Json> ApiClient::post(const std::string& path, const Json& body) {
  return post_text(path, compact(body));
}

Result<Json> ApiClient::post_text(const std::string& path, const std::string& body) {
  return send_json({.method = "POST", .target = target_of(path), .body = body});
}

Result<Json> ApiClient::patch(const std::string& path, const std::string& etag, const Json& body) {
  return send_json(
      {.method = "PATCH", .target = target_of(path), .body = compact(body), .etag = etag});
}

Result<void> ApiClient::remove(const std::string& path, const std::string& etag) {
  TRY_VOID(send({.method = "DELETE", .target = target_of(path), .etag = etag}));
  return {};
}

Result<void> ApiClient::each(const std::string& resource, const ListQuery& query,
                             const std::function<bool(const Json& item)>& visit) {
  const std::int64_t size = query.limit > 0 ? std::min(query.limit, kPageSize) : kPageSize;
  std::int64_t seen = 0;
  for (std::int64_t page = 1;; ++page) {
    TRY(const Json answer,
        send_json({.method = "GET", .target = list_target(resource, query, page, size)}));
    const Json& items = member(answer, "_items");
    if (!items.is_array()) return error(ErrorCode::corrupt, "the answer is not a list");
    for (const Json& item : items) {
      if (!visit(item) || ++seen == query.limit) return {};
    }
    // A short page is the last one, whatever the total says; the server may give less a page than
    // was asked for, and tells so.
    const Json& given = member(member(answer, "_meta"), "max_results");
    const std::int64_t whole = given.is_number_integer() ? given.get<std::int64_t>() : size;
    if (items.empty() || static_cast<std::int64_t>(items.size()) < whole) return {};
  }
}

Result<Listing> ApiClient::list(const std::string& resource, const ListQuery& query) {
  Listing listing;
  TRY_VOID(each(resource, query, [&](const Json& item) {
    listing.items.push_back(item);
    return true;
  }));
  listing.total = static_cast<std::int64_t>(listing.items.size());
  if (query.limit > 0 && listing.total == query.limit) {
    TRY(listing.total, count(resource, query.where));
  }
  return listing;
}

Result<std::int64_t> ApiClient::count(const std::string& resource, const Json& where) {
  ListQuery query;
  query.where = where;
  query.projection = Json{{"_id", 1}};
  TRY(const Json answer,
      send_json({.method = "GET", .target = list_target(resource, query, 1, 1)}));
  const Json& total = member(member(answer, "_meta"), "total");
  if (!total.is_number_integer()) return error(ErrorCode::corrupt, "the answer has no total");
  return total.get<std::int64_t>();
}

}  // namespace salvor::cli
