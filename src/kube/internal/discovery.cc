#include "kube/internal/discovery.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace salvor::kube {
namespace {

constexpr const char* kAccept =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"
    "application/json";

std::vector<std::string> strings(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& item : list) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

void note_failed(const std::string& group, Discovery& discovery) {
  auto& failed = discovery.failed_groups;
  if (std::find(failed.begin(), failed.end(), group) == failed.end()) failed.push_back(group);
}

Result<Json> fetch(Context& context, Connection& connection, const std::string& path) {
  TRY(const http::Response answer,
      connection.call(context, {.method = "GET", .target = path, .accept = kAccept}));
  return parse_json(answer.body).within("reading the discovery at " + path);
}

// A group version that does not answer is an aggregated API that is down: no reason to fail whole.
Result<void> add_version(Context& context, Connection& connection, const std::string& root,
                         const std::string& group_version, Discovery& discovery) {
  const auto list = fetch(context, connection, root + "/" + group_version);
  if (list.ok()) {
    add_resources(*list, group_version, discovery);
    return {};
  }
  TRY_VOID(context.check());
  const std::size_t slash = group_version.find('/');
  if (slash == std::string::npos || list.error().code == ErrorCode::denied) return list.error();
  note_failed(group_version.substr(0, slash), discovery);
  return {};
}

Result<void> add_core(Context& context, Connection& connection, Discovery& discovery) {
  TRY(const Json answer, fetch(context, connection, "/api"));
  if (text_at(answer, "kind") == "APIGroupDiscoveryList") {
    add_aggregated(answer, discovery);
    return {};
  }
  for (const std::string& version : strings(member(answer, "versions"))) {
    discovery.preferred.emplace("", version);
    TRY_VOID(add_version(context, connection, "/api", version, discovery));
  }
  return {};
}

Result<void> add_groups(Context& context, Connection& connection, Discovery& discovery) {
  TRY(const Json answer, fetch(context, connection, "/apis"));
  if (text_at(answer, "kind") == "APIGroupDiscoveryList") {
    add_aggregated(answer, discovery);
    return {};
  }
  for (const Json& group : member(answer, "groups")) {
    const std::string preferred = text_at(member(group, "preferredVersion"), "version");
    discovery.preferred.emplace(text_at(group, "name"), preferred);
    for (const Json& version : member(group, "versions")) {
      TRY_VOID(
          add_version(context, connection, "/apis", text_at(version, "groupVersion"), discovery));
    }
  }
  return {};
}

void add_aggregated_version(const Json& version, const std::string& group, Discovery& discovery) {
  for (const Json& resource : member(version, "resources")) {
    discovery.types.push_back({.group = group,
                               .version = text_at(version, "version"),
                               .resource = text_at(resource, "resource"),
                               .kind = text_at(member(resource, "responseKind"), "kind"),
                               .namespaced = text_at(resource, "scope") == "Namespaced",
                               .verbs = strings(member(resource, "verbs"))});
  }
}

}  // namespace

void add_aggregated(const Json& list, Discovery& discovery) {
  for (const Json& item : member(list, "items")) {
    const std::string group = text_at(member(item, "metadata"), "name");
    for (const Json& version : member(item, "versions")) {
      discovery.preferred.emplace(group, text_at(version, "version"));
      if (text_at(version, "freshness") == "Stale") {
        note_failed(group, discovery);
      } else {
        add_aggregated_version(version, group, discovery);
      }
    }
  }
}

void add_resources(const Json& list, const std::string& group_version, Discovery& discovery) {
  const std::size_t slash = group_version.find('/');
  const bool is_core = slash == std::string::npos;
  for (const Json& resource : member(list, "resources")) {
    const std::string name = text_at(resource, "name");
    if (name.find('/') != std::string::npos) continue;  // a subresource
    discovery.types.push_back({.group = is_core ? "" : group_version.substr(0, slash),
                               .version = is_core ? group_version : group_version.substr(slash + 1),
                               .resource = name,
                               .kind = text_at(resource, "kind"),
                               .namespaced = member(resource, "namespaced") == Json(true),
                               .verbs = strings(member(resource, "verbs"))});
  }
}

Result<Discovery> discover_types(Context& context, Connection& connection) {
  Discovery discovery;
  TRY_VOID(add_core(context, connection, discovery));
  TRY_VOID(add_groups(context, connection, discovery));
  return discovery;
}

}  // namespace salvor::kube
