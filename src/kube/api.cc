#include "kube/api.h"

#include <algorithm>
#include <set>

namespace salvor::kube {

bool ResourceType::can(const std::string& verb) const {
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

std::string ResourceType::group_resource() const {
  return group.empty() ? resource : resource + "." + group;
}

std::string ResourceType::api_version() const {
  return group.empty() ? version : group + "/" + version;
}

const ResourceType* Discovery::find(const std::string& group, const std::string& resource) const {
  if (const auto version = preferred.find(group); version != preferred.end()) {
    if (const ResourceType* type = find(group, version->second, resource)) return type;
  }
  const auto found = std::find_if(types.begin(), types.end(), [&](const ResourceType& type) {
    return type.group == group && type.resource == resource;
  });
  return found == types.end() ? nullptr : &*found;
}

const ResourceType* Discovery::find(const std::string& group, const std::string& version,
                                    const std::string& resource) const {
  const auto found = std::find_if(types.begin(), types.end(), [&](const ResourceType& type) {
    return type.group == group && type.version == version && type.resource == resource;
  });
  return found == types.end() ? nullptr : &*found;
}

const ResourceType* Discovery::find_kind(const std::string& api_version,
                                         const std::string& kind) const {
  const auto found = std::find_if(types.begin(), types.end(), [&](const ResourceType& type) {
    return type.kind == kind && type.api_version() == api_version;
  });
  return found == types.end() ? nullptr : &*found;
}

std::vector<const ResourceType*> Discovery::preferred_types() const {
  std::vector<const ResourceType*> chosen;
  std::set<std::string> seen;
  for (const ResourceType& type : types) {
    if (seen.insert(type.group_resource()).second) {
      chosen.push_back(find(type.group, type.resource));
    }
  }
  return chosen;
}

}  // namespace salvor::kube
