#include "restore/namespace_map.h"

#include <algorithm>

namespace salvor::restore {

bool is_dns_label(const std::string& text) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), is_allowed);
}

std::string NamespaceMap::target_of(const std::string& source) const {
  if (source.empty()) return source;
  const auto found = map_.find(source);
  return found != map_.end() ? found->second : prefix_ + source + suffix_;
}

NamespaceMap NamespaceMap::restricted_to(const std::set<std::string>& sources) const {
  std::map<std::string, std::string> map;
  for (const std::string& source : sources) {
    if (renames(source)) map[source] = target_of(source);
  }
  return {std::move(map), "", ""};
}

Result<void> NamespaceMap::check(const std::set<std::string>& sources) const {
  std::map<std::string, std::string> taken;
  for (const std::string& source : sources) {
    const std::string target = target_of(source);
    if (!is_dns_label(target)) {
      return error(ErrorCode::invalid,
                   "namespace " + source + " would become '" + target + "', which is no DNS label")
          .with_hint(
              "use at most 63 of a-z, 0-9 and '-' in namespaces_map, namespaces_prefix and "
              "namespaces_suffix");
    }
    const auto [other, fresh] = taken.emplace(target, source);
    if (!fresh && other->second != source) {
      return error(ErrorCode::invalid, "namespaces " + other->second + " and " + source +
                                           " would both become " + target)
          .with_hint("give one of them another name in namespaces_map");
    }
  }
  return {};
}

}  // namespace salvor::restore
