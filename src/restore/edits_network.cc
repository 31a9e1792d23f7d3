// Edits of services, endpoints, network policies and webhooks.
#include <algorithm>
#include <array>

#include "restore/internal/edit_functions.h"

namespace salvor::restore {
namespace internal {
namespace {

// https://cert-manager.io/docs/concepts/ca-injector/ and OpenShift's service CA operator.
constexpr std::array kInjectors = {
    "cert-manager.io/inject-ca-from", "cert-manager.io/inject-ca-from-secret",
    "cert-manager.io/inject-apiserver-ca", "service.beta.openshift.io/inject-cabundle"};

void map_namespace(Json* holder, const EditContext& context) {
  if (holder == nullptr) return;
  const std::string source = text_at(*holder, "namespace");
  if (!source.empty()) (*holder)["namespace"] = context.namespaces.target_of(source);
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

bool drop_node_ports(Json& spec) {
  bool dropped = erase(&spec, "healthCheckNodePort");
  Json* ports = list_at(spec, {"ports"});
  if (ports == nullptr) return dropped;
  for (Json& port : *ports) dropped = erase(&port, "nodePort") || dropped;
  return dropped;
}

}  // namespace

// Cluster addresses are the cluster's to give; "None" is a choice of the user's.
void edit_service_addresses(Json& object, const EditContext& context, Notes&) {
  Json* spec = object_at(object, {"spec"});
  if (spec == nullptr) return;
  if (context.choices.node_ports == NodePorts::fresh) drop_node_ports(*spec);
  const bool is_headless = text_at(*spec, "clusterIP") == "None";
  if (is_headless || context.choices.cluster_addresses == ClusterAddresses::keep_if_free) return;
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

// What an injector of the target puts in; the source's own would be trusted in vain.
void edit_injected_bundles(Json& object, const EditContext&, Notes& notes) {
  const Json& annotations = member(member(object, "metadata"), "annotations");
  const bool is_injected = std::any_of(kInjectors.begin(), kInjectors.end(), [&](const char* name) {
    return !text_at(annotations, name).empty();
  });
  if (!is_injected) return;
  bool erased = erase(find_path(object, {"spec"}), "caBundle");
  erased |= erase(find_path(object, {"spec", "conversion", "webhook", "clientConfig"}), "caBundle");
  if (Json* webhooks = list_at(object, {"webhooks"})) {
    for (Json& webhook : *webhooks)
      erased |= erase(find_path(webhook, {"clientConfig"}), "caBundle");
  }
  if (erased) notes.push_back("its CA bundle is left to the injector that its annotation names");
}

}  // namespace internal

bool drop_clashing_addresses(Json& object, const std::string& refusal) {
  Json* spec = internal::find_path(object, {"spec"});
  if (spec == nullptr) return false;
  const auto speaks_of = [&](const char* text) { return refusal.find(text) != std::string::npos; };
  bool dropped = false;
  if (speaks_of("clusterIP")) {
    dropped = internal::erase(spec, "clusterIPs");
    dropped = internal::erase(spec, "clusterIP") || dropped;
  } else if (speaks_of("nodePort") || speaks_of("NodePort") || speaks_of("already allocated")) {
    dropped = internal::drop_node_ports(*spec);
  }
  if (speaks_of("ipFamilies")) dropped = internal::erase(spec, "ipFamilies") || dropped;
  return dropped;
}

}  // namespace salvor::restore
