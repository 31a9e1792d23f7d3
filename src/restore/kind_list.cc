#include "restore/kind_list.h"

#include <algorithm>

namespace salvor::restore {
namespace {

// The first entry; `rest` is what follows it.
std::string_view take_entry(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view entry = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return entry;
}

}  // namespace

std::vector<std::string_view> kinds_in(std::string_view list) {
  std::vector<std::string_view> kinds;
  while (!list.empty()) kinds.push_back(take_entry(list));
  return kinds;
}

bool names_kind(std::string_view list, std::string_view group_resource) {
  while (!list.empty()) {
    const std::string_view kind = take_entry(list);
    if (kind == "*" || kind == group_resource) return true;
    if (kind.starts_with('.') && group_resource.ends_with(kind)) return true;
  }
  return false;
}

GroupAndResource split_kind(std::string_view group_resource) {
  const std::size_t dot = group_resource.find('.');
  if (dot == std::string_view::npos) return {"", std::string(group_resource)};
  return {std::string(group_resource.substr(dot + 1)), std::string(group_resource.substr(0, dot))};
}

}  // namespace salvor::restore
