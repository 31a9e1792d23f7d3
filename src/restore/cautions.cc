#include "restore/cautions.h"

#include <algorithm>
#include <array>
#include <set>

#include "restore/kind_list.h"
#include "restore/references.h"

namespace salvor::restore {
namespace {

const Json& annotations(const Json& object) {
  return member(member(object, "metadata"), "annotations");
}
const Json& labels(const Json& object) { return member(member(object, "metadata"), "labels"); }
const Json& spec(const Json& object) { return member(object, "spec"); }

// "shop/web", or what has no namespace by its name alone.
std::string name_of(const Json& object) {
  const Json& metadata = member(object, "metadata");
  const std::string space = text_at(metadata, "namespace");
  return (space.empty() ? "" : space + "/") + text_at(metadata, "name");
}

bool is_on_one_node(const Json& object) {
  return spec(object).contains("hostPath") || spec(object).contains("local");
}

bool wants_an_address(const Json& object) {
  return !text_at(spec(object), "loadBalancerIP").empty();
}

bool has_key_of(const Json& map, std::initializer_list<const char*> prefixes) {
  if (!map.is_object()) return false;
  return std::any_of(map.items().begin(), map.items().end(), [&](const auto& entry) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const char* prefix) { return entry.key().starts_with(prefix); });
  });
}

bool is_under_gitops(const Json& object) {
  return has_key_of(labels(object), {"kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/",
                                     "argocd.argoproj.io/instance"}) ||
         has_key_of(annotations(object), {"argocd.argoproj.io/tracking-id"});
}

bool names_addresses(const Json& object) {
  const auto has_block = [](const Json& rules, const char* side) {
    if (!rules.is_array()) return false;
    return std::any_of(rules.begin(), rules.end(), [&](const Json& rule) {
      const Json& peers = member(rule, side);
      return peers.is_array() && std::any_of(peers.begin(), peers.end(), [](const Json& peer) {
               return member(peer, "ipBlock").is_object();
             });
    });
  };
  return has_block(member(spec(object), "ingress"), "from") ||
         has_block(member(spec(object), "egress"), "to");
}

// The application that they belong to there.
std::string gitops_owner(const Json& object) {
  for (const char* name : {"argocd.argoproj.io/instance", "kustomize.toolkit.fluxcd.io/name",
                           "helm.toolkit.fluxcd.io/name"}) {
    const std::string owner = text_at(labels(object), name);
    if (!owner.empty()) return owner;
  }
  const std::string id = text_at(annotations(object), "argocd.argoproj.io/tracking-id");
  return id.substr(0, id.find(':'));
}

std::set<std::int64_t> host_ports(const Json& object) {
  std::set<std::int64_t> ports;
  const Json& containers = member(pod_spec_of(object), "containers");
  if (!containers.is_array()) return ports;
  for (const Json& container : containers) {
    const Json& list = member(container, "ports");
    if (!list.is_array()) continue;
    for (const Json& port : list) {
      const Json& number = member(port, "hostPort");
      if (number.is_number_integer()) ports.insert(number.get<std::int64_t>());
    }
  }
  return ports;
}

bool wants_host_ports(const Json& object) { return !host_ports(object).empty(); }

std::string ports_text(const Json& object) {
  std::string text;
  for (const std::int64_t port : host_ports(object))
    text += (text.empty() ? "port " : ", ") + std::to_string(port);
  return text;
}

using When = Caution::When;

constexpr std::string_view kExternalHint =
    "restore it paused, or with a deletion policy that orphans, until you know that nothing else "
    "manages the same resource";

constexpr auto kCautions = std::to_array<Caution>({
    {true, "sealed", "sealedsecrets.bitnami.com", When::renamed, nullptr,
     "are sealed for their old namespace: the controller cannot open them in another",
     "restore the Secrets that were made of them, or seal them anew"},
    {false, "external",
     ".crossplane.io .upbound.io .services.k8s.aws .cnrm.cloud.google.com "
     ".azure.com",
     When::always, nullptr,
     "stand for resources outside the cluster: deleting the copies deletes these", kExternalHint},
    {false, "node_local", "persistentvolumes", When::always, is_on_one_node,
     "have their data on one node, which is not in the backup", "move the data by a copy"},
    {false, "load_balancer", "services", When::always, wants_an_address,
     "ask for an address of the source's network (spec.loadBalancerIP)",
     "change or drop it with a modifier"},
    {false, "ip_block", "networkpolicies.networking.k8s.io", When::always, names_addresses,
     "name addresses of the source's network", "compare them with the target's network"},
    {false, "gitops", "*", When::always, is_under_gitops,
     "are marked as Argo CD's or Flux's, which may revert or remove them",
     "pause it there, or restore with gitops_marks strip", gitops_owner},
    {false, "host_ports", "*", When::always, wants_host_ports,
     "have pods that want a port of their node, and wait where it is taken",
     "compare them with what runs on the target's nodes", ports_text},
});

void add_text(const Json& value, std::vector<std::string>& texts) {
  if (value.is_string() && !value.get_ref<const std::string&>().empty())
    texts.push_back(value.get<std::string>());
}

}  // namespace

std::vector<FoundCaution> cautions_for(const std::string& group_resource, const Json& object,
                                       bool is_renamed) {
  std::vector<FoundCaution> found;
  for (const Caution& caution : kCautions) {
    if (caution.when == When::renamed && !is_renamed) continue;
    if (!names_kind(caution.kinds, group_resource)) continue;
    if (caution.holds != nullptr && !caution.holds(object)) continue;
    found.push_back(
        {&caution, caution.subject == nullptr ? name_of(object) : caution.subject(object)});
  }
  return found;
}

// Ingress has rules with a host, an HTTPRoute and its like hostnames, an OpenShift Route one host.
std::vector<std::string> hosts_of(const Json& object) {
  std::vector<std::string> hosts;
  const std::string kind = text_at(object, "kind");
  if (kind != "Ingress" && kind != "Route" && !kind.ends_with("Route")) return hosts;
  add_text(member(spec(object), "host"), hosts);
  for (const auto& [list, name] : {std::pair("rules", "host"), std::pair("hostnames", "")}) {
    const Json& entries = member(spec(object), list);
    if (!entries.is_array()) continue;
    for (const Json& entry : entries) add_text(*name == '\0' ? entry : member(entry, name), hosts);
  }
  return hosts;
}

}  // namespace salvor::restore
