// The `_links` of answers, in the forms of the vendor's guide: all hrefs leave "/api" out, a
// collection's has no leading slash, an item's has one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"
#include "schema/resource.h"

namespace salvor::api {

// The parts of a list's request that its hrefs repeat.
struct ListQuery {
  std::uint64_t page = 1;
  std::uint64_t size = 25;
  std::string where;  // as sent, decoded
  std::string sort;
  std::vector<std::pair<std::string, std::string>> others;
};

// Never fails: numbers that cannot be read are the defaults, where and sort are only repeated.
ListQuery read_list_query(const schema::Resource& resource, const http::Target& target);

// "?max_results=2&where={...}&sort=a&page=3&pretty=", with another page; "" when nothing is to say.
std::string query_text(const schema::Resource& resource, const ListQuery& query,
                       std::uint64_t page);

// {"title": "Kuberestore", "href": "/v1/kuberestores/<id>"}. The resource may be one that this
// server does not have.
std::string item_link(std::string_view resource, std::string_view id);

// The `_links` object of a list with `total` matches.
std::string list_links(const schema::Resource& resource, const ListQuery& query,
                       std::uint64_t total);

// The members that a GET of one item has after `self` and `related`: ", "parent": …".
std::string item_links_tail(const schema::Resource& resource, const ListQuery& query,
                            std::string_view id);

// The home page's `_links`: a child for each resource.
std::string home_links(const std::vector<const schema::Resource*>& resources);

// A resource's title in links: its name without the "s" at the end, first letter upper.
std::string title_of(std::string_view resource);

}  // namespace salvor::api
