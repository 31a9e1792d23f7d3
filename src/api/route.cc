#include "api/route.h"

#include <algorithm>

#include <string_view>
#include <vector>

#include "base/random.h"

namespace salvor::api {
namespace {

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    segments.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return segments;
}

// What stands below /api/v1.
Route below_version(const std::vector<std::string>& segments) {
  const std::size_t count = segments.size();
  if (count == 2 && segments[0] == "catalog") return {Place::exchange, "", "", segments[1]};
  if (count == 1) return {Place::collection, segments[0], "", ""};
  if (!is_object_id(segments[1])) return {};
  if (count == 2) return {Place::item, segments[0], segments[1], ""};
  if (count == 3) return {Place::part, segments[0], segments[1], segments[2]};
  if (count == 4 && segments[2] == "action") {
    return {Place::action, segments[0], segments[1], segments[3]};
  }
  return {};
}

}  // namespace

Route find_route(const std::string& path) {
  std::vector<std::string> segments = segments_of(path);
  for (const std::string& segment : segments) {
    if (segment.empty()) return {};
  }
  if (segments.size() == 1 && segments[0] == "api-docs") return {Place::documents, "", "", ""};
  if (segments.empty() || segments[0] != "api") return {};
  if (segments.size() == 1) return {Place::home, "", "", ""};
  if (segments[1] != "v1") return {};
  if (segments.size() == 2) return {Place::home, "", "", ""};
  segments.erase(segments.begin(), segments.begin() + 2);
  return below_version(segments);
}

std::string merged_target(const std::string& target) {
  const std::size_t query = std::min(target.find('?'), target.size());
  std::string merged;
  for (std::size_t i = 0; i < query; ++i) {
    if (target[i] != '/' || merged.empty() || merged.back() != '/') merged += target[i];
  }
  if (merged.size() == query) return {};
  return merged + target.substr(query);
}

}  // namespace salvor::api
