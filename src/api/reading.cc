#include "api/reading.h"

#include <algorithm>

#include "api/by_id.h"
#include "api/links.h"
#include "api/look.h"
#include "api/preconditions.h"
#include "api/problem.h"
#include "api/responses.h"
#include "schema/filter.h"
#include "schema/query.h"

namespace salvor::api {
namespace {

Result<catalog::Query> catalog_query(const schema::Resource& resource, const ListQuery& wanted) {
  catalog::Query query;
  Result<schema::Filter> filter = schema::parse_filter(resource, wanted.where);
  if (!filter) return refusal(400, filter.error().message);
  query.filter = std::move(filter).value();
  Result<std::vector<schema::Sort>> sort = schema::parse_sort(resource, wanted.sort);
  if (!sort) return refusal(400, sort.error().message);
  for (schema::Sort& key : *sort) query.sort.push_back({std::move(key.field), key.descending});
  query.skip = (wanted.page - 1) * wanted.size;
  query.limit = wanted.size;
  return query;
}

std::string list_body(const schema::Resource& resource, const ListQuery& query,
                      const std::vector<std::string>& items, std::uint64_t total) {
  std::size_t length = 1024;
  for (const std::string& item : items) length += item.size() + 2;
  std::string body;
  body.reserve(length);
  body += "{\"_items\": [";
  for (const std::string& item : items) {
    if (body.back() != '[') body += ", ";
    body += item;
  }
  body += "], \"_links\": " + list_links(resource, query, total);
  body += ", \"_meta\": {\"page\": " + std::to_string(query.page);
  body += ", \"max_results\": " + std::to_string(query.size);
  body += ", \"total\": " + std::to_string(total) + "}}";
  return body;
}

}  // namespace

Result<http::Response> read_list(Call& call) {
  const schema::Resource& resource = call.resource();
  const ListQuery query = read_list_query(resource, call.target);
  TRY(const Look look, read_look(call.target));
  TRY(const catalog::Query wanted, catalog_query(resource, query));

  TRY(const catalog::Page page, call.parts.catalog.find(call.context, resource.path, wanted));
  TRY(const std::vector<std::string> items,
      present(call.context, call.parts.catalog, call.view, look, page.documents));

  http::Response response = json_response(list_body(resource, query, items, page.total));
  response.headers.emplace("X-Total-Count", std::to_string(page.total));
  const auto newest =
      std::max_element(page.documents.begin(), page.documents.end(),
                       [](const auto& a, const auto& b) { return a.updated < b.updated; });
  if (newest != page.documents.end()) {
    response.headers.emplace("Last-Modified", rfc1123(newest->updated));
  }
  return response;
}

Result<http::Response> read_item(Call& call) {
  const schema::Resource& resource = call.resource();
  TRY(const Look look, read_look(call.target));
  TRY(const catalog::Document document,
      document_of_path(call.context, call.parts.catalog, resource.path, call.route.id));

  if (is_unmodified(call.request.headers, document.etag, document.updated)) {
    http::Response unmodified{.status = 304, .headers = {}, .body = {}};
    unmodified.headers.emplace("ETag", '"' + document.etag + '"');
    return unmodified;
  }
  const ListQuery query = read_list_query(resource, call.target);
  const std::string tail = item_links_tail(resource, query, document.id);
  TRY(std::vector<std::string> items,
      present(call.context, call.parts.catalog, call.view, look, {document}, tail));
  http::Response response = json_response(std::move(items.front()));
  response.headers.emplace("ETag", '"' + document.etag + '"');
  response.headers.emplace("Last-Modified", rfc1123(document.updated));
  return response;
}

}  // namespace salvor::api
