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
  Json* expressions = list_at(*selector, {"matchExpressions"});
  if (expressions == nullptr) return;
  for (Json& expression : *expressions) {
    Json* values = list_at(expression, {"values"});
    if (text_at(expression, "key") != kNameLabel || values == nullptr) continue;
    for (Json& value : *values) {
      if (value.is_string()) value = context.namespaces.target_of(value);
    }
  }
}

void map_peers(Json* rules, const char* side, const EditContext& context) {
  if (rules == nullptr) return;
  for (Json& rule : *rules) {
    Json* peers = list_at(rule, {side});
    if (peers == nullptr) continue;
    for (Json& peer : *peers)
      map_namespace_selector(find_path(peer, {"namespaceSelector"}), context);
  }
}

void map_addresses(Json* list, const EditContext& context) {
  if (list == nullptr) return;
  for (Json& address : *list) {
    Json* target = find_path(address, {"targetRef"});
    erase(target, "uid");
    erase(target, "resourceVersion");
    map_namespace(target, context);
  }
}

// The name of a Service as pods write it: "db.shop", "db.shop.svc",
// "db-0.db.shop.svc.cluster.local". The label that names the namespace is the one before "svc", or
// the second of two.
std::string mapped_host(const std::string& host, const NamespaceMap& namespaces) {
  std::size_t end = host.find(".svc.");
  if (end == std::string::npos && host.ends_with(".svc")) end = host.size() - 4;
  const bool is_short = end == std::string::npos;
  if (is_short) end = host.size();
  const std::size_t dot = host.substr(0, end).rfind('.');
  if (dot == std::string::npos || (is_short && dot != host.find('.'))) return host;
  return host.substr(0, dot + 1) + namespaces.target_of(host.substr(dot + 1, end - dot - 1)) +
         host.substr(end);
}

void map_host(Json* host, const EditContext& context) {
  if (host != nullptr && host->is_string()) *host = mapped_host(*host, context.namespaces);
}

}  // namespace

// Cluster addresses are the cluster's to give; "None" is a choice of the user's.
void edit_service_addresses(Json& object, const EditContext&, Notes&) {
  Json* spec = object_at(object, {"spec"});
  if (spec == nullptr || text_at(*spec, "clusterIP") == "None") return;
  spec->erase("clusterIP");
  spec->erase("clusterIPs");
}

void edit_service_name(Json& object, const EditContext& context, Notes&) {
  map_host(find_path(object, {"spec", "externalName"}), context);
}

void edit_ingress_hosts(Json& object, const EditContext& context, Notes&) {
  if (Json* rules = list_at(object, {"spec", "rules"})) {
    for (Json& rule : *rules) map_host(find_path(rule, {"host"}), context);
  }
  Json* secured = list_at(object, {"spec", "tls"});
  if (secured == nullptr) return;
  for (Json& entry : *secured) {
    Json* hosts = list_at(entry, {"hosts"});
    if (hosts == nullptr) continue;
    for (Json& host : *hosts) map_host(&host, context);
  }
}

void edit_endpoint_targets(Json& object, const EditContext& context, Notes&) {
  map_addresses(list_at(object, {"endpoints"}), context);
  Json* subsets = list_at(object, {"subsets"});
  if (subsets == nullptr) return;
  for (Json& subset : *subsets) {
    map_addresses(list_at(subset, {"addresses"}), context);
    map_addresses(list_at(subset, {"notReadyAddresses"}), context);
  }
}

void edit_network_peers(Json& object, const EditContext& context, Notes&) {
  map_peers(list_at(object, {"spec", "ingress"}), "from", context);
  map_peers(list_at(object, {"spec", "egress"}), "to", context);
}

void edit_webhook_services(Json& object, const EditContext& context, Notes&) {
  map_namespace(find_path(object, {"spec", "service"}), context);
  map_namespace(find_path(object, {"spec", "conversion", "webhook", "clientConfig", "service"}),
                context);
  Json* webhooks = list_at(object, {"webhooks"});
  if (webhooks == nullptr) return;
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
    Json* ports = internal::list_at(*spec, {"ports"});
    if (ports != nullptr) {
      for (Json& port : *ports) dropped = internal::erase(&port, "nodePort") || dropped;
    }
  }
  if (speaks_of("ipFamilies")) dropped = internal::erase(spec, "ipFamilies") || dropped;
  return dropped;
}

}  // namespace salvor::restore
