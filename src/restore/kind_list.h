// Lists of kinds as the tables of this room have them: group-resources, blank-separated.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace salvor::restore {

std::vector<std::string_view> kinds_in(std::string_view list);

// Whether the list has the group-resource, or "*". An entry that begins with '.' is the end of a
// group's name.
bool names_kind(std::string_view list, std::string_view group_resource);

// "deployments.apps" as {"apps", "deployments"}; the core group is "".
struct GroupAndResource {
  std::string group;
  std::string resource;
};
GroupAndResource split_kind(std::string_view group_resource);

}  // namespace salvor::restore
