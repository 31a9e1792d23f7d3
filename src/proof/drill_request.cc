#include "proof/drill_request.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "volume/sandbox.h"

namespace salvor::proof {
namespace {

// A Service is made reachable within the cluster alone, and is not announced outside; schedules
// stay suspended.
constexpr const char* kModifiers = R"(version: v1
resourceModifierRules:
- conditions:
    groupResource: services
  mergePatches:
  - patchData: |
      {"metadata": {"annotations": {"external-dns.alpha.kubernetes.io/hostname": null,
                                    "external-dns.alpha.kubernetes.io/internal-hostname": null}},
       "spec": {"externalIPs": null, "externalTrafficPolicy": null, "healthCheckNodePort": null,
                "loadBalancerIP": null, "loadBalancerClass": null,
                "loadBalancerSourceRanges": null, "allocateLoadBalancerNodePorts": null}}
- conditions:
    groupResource: services
    matches:
    - path: /spec/type
      value: LoadBalancer
  mergePatches:
  - patchData: |
      {"spec": {"type": "ClusterIP"}}
- conditions:
    groupResource: services
    matches:
    - path: /spec/type
      value: NodePort
  mergePatches:
  - patchData: |
      {"spec": {"type": "ClusterIP"}}
- conditions:
    groupResource: cronjobs.batch
  mergePatches:
  - patchData: |
      {"metadata": {"annotations": {"salvor.io/released-by-restore": null}},
       "spec": {"suspend": true}}
)";

std::set<std::string> texts_in(const Json& list) {
  std::set<std::string> texts;
  if (!list.is_array()) return texts;
  for (const Json& text : list) {
    if (text.is_string()) texts.insert(text.get<std::string>());
  }
  return texts;
}

bool is_of_kubernetes(const std::string& name) {
  constexpr std::array kNames = {"kube-system", "kube-public", "kube-node-lease"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool names_type(const std::string& name, const std::string& group_resource) {
  return name == group_resource || name == group_resource.substr(0, group_resource.find('.'));
}

}  // namespace

DrillRequest drill_request_in(const Json& job) {
  const Json& drill = member(job, "drill");
  DrillRequest request;
  request.namespaces = texts_in(member(drill, "namespaces"));
  request.left_out_types = texts_in(member(drill, "exclude_resource_types"));
  const Json& seconds = member(drill, "ready_timeout_seconds");
  if (seconds.is_number_integer())
    request.ready_within = std::chrono::seconds(seconds.get<std::int64_t>());
  return request;
}

SandboxMap sandboxes_for(const DrillRequest& request, const std::set<std::string>& listed,
                         const std::string& movers, const std::string& job_id) {
  SandboxMap sandboxes;
  for (const std::string& name : listed) {
    if (name == movers) continue;
    const bool is_wanted =
        request.namespaces.empty() ? !is_of_kubernetes(name) : request.namespaces.contains(name);
    if (is_wanted) sandboxes[name] = volume::sandbox_name(job_id, name);
  }
  return sandboxes;
}

const std::vector<std::string>& types_left_out() {
  static const std::vector<std::string> types = {
      // Policies add to one another: one that allows something would open the sandbox.
      "networkpolicies", "ciliumnetworkpolicies", "egressfirewalls", "egressips",
      // What lets traffic in.
      "ingresses", "routes", "gateways", "httproutes", "grpcroutes", "tcproutes", "tlsroutes",
      "udproutes", "virtualservices", "serviceentries", "ingressroutes", "ingressroutetcps",
      "ingressrouteudps", "httpproxies", "virtualservers", "transportservers",
      // Names and certificates that others give out.
      "dnsendpoints", "certificates.cert-manager.io", "certificaterequests.cert-manager.io",
      "issuers.cert-manager.io", "orders.acme.cert-manager.io", "challenges.acme.cert-manager.io",
      // What fetches from elsewhere, or writes there.
      "externalsecrets", "pushsecrets", "applications.argoproj.io", "applicationsets.argoproj.io",
      "kustomizations.kustomize.toolkit.fluxcd.io", "helmreleases.helm.toolkit.fluxcd.io",
      "helmcharts.helm.cattle.io", "subscriptions.operators.coreos.com",
      // What changes restored workloads while they are looked at.
      "horizontalpodautoscalers", "verticalpodautoscalers", "scaledobjects", "scaledjobs"};
  return types;
}

std::vector<std::string> left_out_of(const Json& resource_types, const DrillRequest& request) {
  std::vector<std::string> left_out;
  for (const std::string& type : texts_in(resource_types)) {
    const auto is_it = [&](const std::string& name) { return names_type(name, type); };
    const auto& always = types_left_out();
    if (std::any_of(always.begin(), always.end(), is_it) ||
        std::any_of(request.left_out_types.begin(), request.left_out_types.end(), is_it))
      left_out.push_back(type);
  }
  return left_out;
}

Json restore_definition(const std::string& point_id, const SandboxMap& sandboxes,
                        const DrillRequest& request, Purpose purpose) {
  std::set<std::string> left_out = request.left_out_types;
  left_out.insert(types_left_out().begin(), types_left_out().end());
  Json namespaces = Json::array();
  for (const auto& [source, sandbox] : sandboxes) namespaces.push_back(source);
  Json definition = {{"name", "drill"},
                     {"backup_inst", point_id},
                     {"selection",
                      {{"namespaces", std::move(namespaces)},
                       {"cluster_scoped", "none"},
                       {"exclude_resource_types", left_out}}},
                     {"namespaces_map", sandboxes},
                     // The sandbox keeps its own labels.
                     {"existing_policies", {{"namespaces", "merge"}}},
                     {"finalizers", "drop"},
                     {"gitops_marks", "strip"},
                     {"service_node_ports", "fresh"},
                     {"modifiers", kModifiers}};
  if (purpose == Purpose::comparison) {
    definition["existing_policy"] = "replace";
    definition["existing_policies"]["serviceaccounts"] = "merge";
  }
  return definition;
}

}  // namespace salvor::proof
