// Where a request goes: from its path to a place of the API. Pure; knows the shapes of paths, not
// which collections, actions or documents there are.
#pragma once

#include <string>

namespace salvor::api {

enum class Place {
  none,        // no such path
  home,        // /api, /api/, /api/v1
  documents,   // /api-docs
  collection,  // /api/v1/<resource>
  item,        // /api/v1/<resource>/<id>
  action,      // /api/v1/<resource>/<id>/action/<name>
  part,        // /api/v1/<resource>/<id>/<name>
  exchange,    // /api/v1/catalog/<name>
};

struct Route {
  Place place = Place::none;
  std::string resource;
  std::string id;
  std::string name;
};

// One trailing slash is accepted everywhere. Ids are 24 lower-case hex digits; others are no item.
Route find_route(const std::string& path);

// The target with every run of slashes in its path merged into one, query kept; empty when the
// path has none to merge.
std::string merged_target(const std::string& target);

}  // namespace salvor::api
