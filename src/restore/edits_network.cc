// Edits of services, endpoints, network policies and webhooks.
#include <algorithm>

#include "restore/internal/edit_functions.h"

namespace salvor::restore {
namespace internal {
namespace {

constexpr const char* kNameLabel = "kubernetes.io/metadata.name";

void map_namespace(Json* holder, const EditContext& context) {
  if (holder == nullptr) return;
  const std::string source = text_at(*holder, "namespace");
  if (!source.empty()) (*holder)["namespace"] = context.namespaces.target_of(source);
}

// A label selector that picks namespaces by the name that the API server labels them with.
void map_namespace_selector(Json* selector, const EditContext& context) {
  if (selector == nullptr) return;
  Json* by_name = find_path(*selector, {"matchLabels", kNameLabel});
  if (by_name != nullptr && by_name->is_string()) *by_name = context.namespaces.target_of(*by_name);
  Json* expressions = find_path(*selector, {"matchExpressions"});
  if (expressions == nullptr || !expressions->is_array()) return;
  for (Json& expression : *expressions) {
    Json* values = find_path(expression, {"values"});
    if (text_at(expression, "key") != kNameLabel || values == nullptr || !values->is_array())
      continue;
    for (Json& value : *values) {
      if (value.is_string()) value = context.namespaces.target_of(value);
    }
  }
}

void map_peers(Json* rules, const char* side, const EditContext& context) {
  if (rules == nullptr || !rules->is_array()) return;
  for (Json& rule : *rules) {
    Json* peers = find_path(rule, {side});
    if (peers == nullptr || !peers->is_array()) continue;
    for (Json& peer : *peers)
      map_namespace_selector(find_path(peer, {"namespaceSelector"}), context);
  }
}

void map_addresses(Json* list, const EditContext& context) {
  if (list == nullptr || !list->is_array()) return;
  for (Json& address : *list) {
    Json* target = find_path(address, {"targetRef"});
    erase(target, "uid");
    erase(target, "resourceVersion");
    map_namespace(target, context);
  }
}

// "db.shop.svc.cluster.local" with its second label mapped, when the third is "svc".
std::string mapped_host(const std::string& host, const NamespaceMap& namespaces) {
  const std::size_t first = host.find('.');
  if (first == std::string::npos) return host;
  const std::size_t second = host.find('.', first + 1);
  if (second == std::string::npos) return host;
  const std::string rest = host.substr(second);
  if (rest != ".svc" && !rest.starts_with(".svc.")) return host;
  return host.substr(0, first + 1) +
         namespaces.target_of(host.substr(first + 1, second - first - 1)) + rest;
}

}  // namespace

// Cluster addresses are the cluster's to give; "None" is a choice of the user's.
void edit_service_addresses(Json& object, const EditContext&, Notes&) {
  Json* spec = find_path(object, {"spec"});
  if (spec == nullptr || text_at(*spec, "clusterIP") == "None") return;
  spec->erase("clusterIP");
  spec->erase("clusterIPs");
}

void edit_service_name(Json& object, const EditContext& context, Notes&) {
  Json* name = find_path(object, {"spec", "externalName"});
  if (name != nullptr && name->is_string()) *name = mapped_host(*name, context.namespaces);
}

void edit_endpoint_targets(Json& object, const EditContext& context, Notes&) {
  map_addresses(find_path(object, {"endpoints"}), context);
  Json* subsets = find_path(object, {"subsets"});
  if (subsets == nullptr || !subsets->is_array()) return;
  for (Json& subset : *subsets) {
    map_addresses(find_path(subset, {"addresses"}), context);
    map_addresses(find_path(subset, {"notReadyAddresses"}), context);
  }
}

void edit_network_peers(Json& object, const EditContext& context, Notes&) {
  map_peers(find_path(object, {"spec", "ingress"}), "from", context);
  map_peers(find_path(object, {"spec", "egress"}), "to", context);
}

void edit_webhook_services(Json& object, const EditContext& context, Notes&) {
  map_namespace(find_path(object, {"spec", "service"}), context);
  map_namespace(find_path(object, {"spec", "conversion", "webhook", "clientConfig", "service"}),
                context);
  Json* webhooks = find_path(object, {"webhooks"});
  if (webhooks == nullptr || !webhooks->is_array()) return;
  for (Json& webhook : *webhooks) {
    map_namespace(find_path(webhook, {"clientConfig", "service"}), context);
    map_namespace_selector(find_path(webhook, {"namespaceSelector"}), context);
  }
}

}  // namespace internal

bool drop_clashing_addresses(Json& object, const std::string& refusal) {
  Json* spec = internal::find_path(object, {"spec"});
  if (spec == nullptr) return false;
  const auto speaks_of = [&](const char* text) { return refusal.find(text) != std::string::npos; };
  bool dropped = false;
  if (speaks_of("nodePort") || speaks_of("NodePort") || speaks_of("already allocated")) {
    dropped = internal::erase(spec, "healthCheckNodePort");
    Json* ports = internal::find_path(*spec, {"ports"});
    if (ports != nullptr && ports->is_array()) {
      for (Json& port : *ports) dropped = internal::erase(&port, "nodePort") || dropped;
    }
  }
  if (speaks_of("ipFamilies")) dropped = internal::erase(spec, "ipFamilies") || dropped;
  return dropped;
}

}  // namespace salvor::restore
