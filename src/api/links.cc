#include "api/links.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "resources/all.h"
#include "schema/query.h"

#include <nlohmann/json.hpp>

namespace salvor::api {
namespace {

constexpr std::string_view kParent = "\"parent\": {\"title\": \"home\", \"href\": \"/\"}";

std::string json_text(std::string_view text) { return wire_json(Json(text)); }

std::string link(std::string_view title, std::string_view href) {
  return "{\"title\": " + json_text(title) + ", \"href\": " + json_text(href) + "}";
}

// Parameters that hrefs either show at their own place or leave out.
bool is_own_parameter(std::string_view name) {
  constexpr auto names = std::to_array<std::string_view>(
      {"where", "sort", "page", "max_results", "projection", "embedded"});
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string first_value(const http::Target& target, std::string_view name) {
  const std::string* value = target.find(name);
  return value ? *value : std::string();
}

std::string previous_link(const schema::Resource& resource, const ListQuery& query,
                          std::string_view base) {
  if (query.page <= 1) return {};
  const std::string href = std::string(base) + query_text(resource, query, query.page - 1);
  return ", \"prev\": " + link("previous page", href);
}

}  // namespace

ListQuery read_list_query(const schema::Resource& resource, const http::Target& target) {
  ListQuery query;
  query.page = schema::parse_page(first_value(target, "page"));
  query.size = schema::parse_max_results(resource, first_value(target, "max_results"));
  query.where = first_value(target, "where");
  query.sort = first_value(target, "sort");
  for (const auto& [name, value] : target.parameters) {
    if (!is_own_parameter(name)) query.others.emplace_back(name, value);
  }
  return query;
}

std::string query_text(const schema::Resource& resource, const ListQuery& query,
                       std::uint64_t page) {
  std::string text;
  const auto add = [&text](const std::string& name, const std::string& value) {
    text += (text.empty() ? "?" : "&") + name + "=" + value;
  };
  if (query.size != resource.page_size) add("max_results", std::to_string(query.size));
  if (!query.where.empty()) add("where", query.where);
  if (!query.sort.empty()) add("sort", query.sort);
  if (page > 1) add("page", std::to_string(page));
  for (const auto& [name, value] : query.others) add(name, value);
  return text;
}

std::string title_of(std::string_view resource) {
  if (const schema::Resource* known = resources::find(resource)) return known->title;
  std::string title(resource.substr(0, resource.find_last_not_of('s') + 1));
  if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') {
    title[0] = static_cast<char>(title[0] - 'a' + 'A');
  }
  return title;
}

std::string item_link(std::string_view resource, std::string_view id) {
  std::string href = "/v1/";
  href.append(resource).append("/").append(id);
  return link(title_of(resource), href);
}

std::string list_links(const schema::Resource& resource, const ListQuery& query,
                       std::uint64_t total) {
  const std::string base = "v1/" + resource.path;
  const std::string self = total == 0 ? base : base + query_text(resource, query, query.page);
  std::string links = "{" + std::string(kParent);
  links += ", \"self\": " + link("/v1/" + resource.path, self);
  if (query.page * query.size < total) {
    const std::uint64_t last = (total + query.size - 1) / query.size;
    links += ", \"next\": " + link("next page", base + query_text(resource, query, query.page + 1));
    links += ", \"last\": " + link("last page", base + query_text(resource, query, last));
  }
  return links + previous_link(resource, query, base) + "}";
}

std::string item_links_tail(const schema::Resource& resource, const ListQuery& query,
                            std::string_view id) {
  const std::string collection =
      link("/v1/" + resource.path, "v1/" + resource.path + query_text(resource, query, query.page));
  const std::string item = "/v1/" + resource.path + "/" + std::string(id);
  return ", " + std::string(kParent) + ", \"collection\": " + collection +
         previous_link(resource, query, item);
}

std::string home_links(const std::vector<const schema::Resource*>& resources) {
  std::string children;
  for (const schema::Resource* resource : resources) {
    const std::string path = "/v1/" + resource->path;
    children += (children.empty() ? "" : ", ") + std::string("{\"href\": ") + json_text(path) +
                ", \"title\": " + json_text(path) + "}";
  }
  return "{\"_links\": {\"child\": [" + children + "]}}";
}

}  // namespace salvor::api
