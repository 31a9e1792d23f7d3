#include "restore/facts.h"

#include <algorithm>

namespace salvor::restore {
namespace {

bool has(const std::set<std::string>& names, const std::string& name) {
  return names.contains("*") || names.contains(name);
}

}  // namespace

bool WebhookFact::matches(const kube::ResourceType& type) const {
  return std::any_of(types.begin(), types.end(), [&](const Types& some) {
    return has(some.groups, type.group) && has(some.versions, type.version) &&
           (has(some.resources, type.resource) || some.resources.contains("*/*"));
  });
}

}  // namespace salvor::restore
