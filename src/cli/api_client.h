// The API as the commands use it: JSON in and out, failures as Errors that name what was asked,
// what the server said and what the user can do.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/context.h"
#include "base/json.h"
#include "base/result.h"
#include "cli/transport.h"

namespace salvor::cli {

// What a list is narrowed to.
struct ListQuery {
  Json where = Json();       // null: everything
  std::string sort = {};     // "-start_time"; empty: the server's order
  std::int64_t limit = 0;    // 0: all there are
  Json projection = Json();  // null: whole documents
  Json embedded = Json();    // {"cluster": 1}: the document instead of its id; null: ids
};

struct Listing {
  std::vector<Json> items;
  std::int64_t total = 0;  // of all matches, fetched or not
};

// Errors of every call, besides the transport's: denied (401, 403), not_found (404), conflict (409,
// 412, 428), invalid (400, 422 and other 4xx), unavailable (429, 502, 503, 504), bug (other 5xx),
// corrupt (an answer that is not what the API sends). Fact "http_status" is the status; each of the
// server's `_issues` is a fact "issue" such as "source.namespaces: required field".
// Used by one thread. Its calls wait for 60 s at most.
class ApiClient {
 public:
  // The context is borrowed and must outlive the client.
  ApiClient(Context& context, std::unique_ptr<ApiTransport> transport, std::string key);

  // One document or whatever else stands at `path`, such as "jobs/5f80…".
  Result<Json> get(const std::string& path);
  Result<Json> post(const std::string& path, const Json& body);
  // Requires: body is JSON text, sent as it is.
  Result<Json> post_text(const std::string& path, const std::string& body);
  // Changes fields of a document whose _etag is known.
  Result<Json> patch(const std::string& path, const std::string& etag, const Json& body);
  Result<void> remove(const std::string& path, const std::string& etag);
  // The body as it came, for answers that are passed on.
  Result<std::string> get_text(const std::string& path);

  Result<Listing> list(const std::string& resource, const ListQuery& query);
  // The same page by page, for more items than should stand in memory; `visit` returns false to
  // end.
  Result<void> each(const std::string& resource, const ListQuery& query,
                    const std::function<bool(const Json& item)>& visit);
  // How many documents match, without fetching them.
  Result<std::int64_t> count(const std::string& resource, const Json& where);

 private:
  struct Call {
    std::string method;
    std::string target;
    std::string body = {};
    std::string etag = {};
  };
  Result<std::string> send(const Call& call);
  Result<Json> send_json(const Call& call);

  Context& context_;
  std::unique_ptr<ApiTransport> transport_;
  std::string key_;
};

// The error that an answer of 400 and more stands for.
Error refusal(const http::Response& response);

}  // namespace salvor::cli
