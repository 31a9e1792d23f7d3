#include "api/namespace_targets.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "schema/pattern.h"
#include "schema/validate.h"

namespace salvor::api {
namespace {

bool is_selected(const Json& selection, const std::string& name) {
  const Json& names = member(selection, "namespaces");
  const bool takes_all =
      member(selection, "all_namespaces") == true || !names.is_array() || names.empty();
  return takes_all || std::find(names.begin(), names.end(), Json(name)) != names.end();
}

std::string target_of(const Json& restore, const std::string& name) {
  const Json& mapped = member(member(restore, "namespaces_map"), name);
  if (mapped.is_string()) return mapped.get<std::string>();
  return text_at(restore, "namespaces_prefix") + name + text_at(restore, "namespaces_suffix");
}

// The field to blame for a namespace's new name.
std::string field_of(const Json& restore, const std::string& name) {
  if (member(member(restore, "namespaces_map"), name).is_string()) return "namespaces_map";
  return text_at(restore, "namespaces_prefix").empty() ? "namespaces_suffix" : "namespaces_prefix";
}

}  // namespace

Json namespace_issues(const Json& restore, const std::vector<std::string>& namespaces) {
  Json issues = Json::object();
  std::size_t count = 0;
  std::map<std::string, std::string> source_of;
  const auto add = [&](const std::string& field, const std::string& text) {
    if (++count <= kNamespaceIssuesMax) schema::add_issue(issues, field, text);
  };
  for (const std::string& name : namespaces) {
    if (!is_selected(member(restore, "selection"), name)) continue;
    const std::string target = target_of(restore, name);
    if (target != name && !schema::dns_label().matches(target)) {
      add(field_of(restore, name),
          "namespace '" + name + "' would become '" + target +
              "', which is no namespace's name: at most 63 lower-case letters, digits and '-'");
      continue;
    }
    const auto [other, is_first] = source_of.emplace(target, name);
    if (is_first || other->second == name) continue;
    const bool is_mapped = field_of(restore, name) == "namespaces_map";
    add(is_mapped ? field_of(restore, name) : field_of(restore, other->second),
        "namespaces '" + other->second + "' and '" + name + "' would both become '" + target + "'");
  }
  return issues;
}

}  // namespace salvor::api
