// The few defaults, references and immutable fields of single kinds that a restore runs into.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "kube/testing/fake_admission.h"
#include "kube/testing/refusals.h"

namespace salvor::kube {
namespace {

using Filler = Result<void> (*)(FakeState&, const FakeKind&, Json&);

struct DefaultsRow {
  const char* group_resource;
  Filler fill_in;
};

std::string name_of(const Json& object) { return key_of(object).name; }

Result<void> fill_in_namespace(FakeState&, const FakeKind&, Json& object) {
  object["metadata"]["labels"]["kubernetes.io/metadata.name"] = name_of(object);
  object["spec"]["finalizers"] = Json::array({"kubernetes"});
  object["status"]["phase"] = "Active";
  return {};
}

std::set<std::string> used_cluster_ips(const FakeState& state) {
  std::set<std::string> used;
  for (const auto& [key, service] : state.objects("services")) {
    used.insert(text_at(member(*service, "spec"), "clusterIP"));
  }
  return used;
}

std::set<int> used_node_ports(const FakeState& state) {
  std::set<int> used;
  for (const auto& [key, service] : state.objects("services")) {
    for (const Json& port : member(member(*service, "spec"), "ports")) {
      used.insert(port.value("nodePort", 0));
    }
  }
  return used;
}

std::string free_cluster_ip(const std::set<std::string>& used) {
  for (int i = 10;; ++i) {
    std::string ip = "10.96." + std::to_string(i / 256) + "." + std::to_string(i % 256);
    if (used.count(ip) == 0) return ip;
  }
}

Result<void> fill_in_cluster_ip(FakeState& state, const FakeKind& kind, Json& object) {
  Json& spec = object["spec"];
  std::string ip = text_at(spec, "clusterIP");
  if (ip != "None") {
    const std::set<std::string> used = used_cluster_ips(state);
    const bool exists = state.find("services", key_of(object)) != nullptr;
    if (!ip.empty() && used.count(ip) > 0 && !exists) {
      return unacceptable(kind.type, name_of(object),
                          "spec.clusterIPs: Invalid value: [\"" + ip +
                              "\"]: failed to allocate IP " + ip +
                              ": provided IP is already allocated");
    }
    if (ip.empty()) ip = free_cluster_ip(used);
  }
  spec["clusterIP"] = ip;
  spec["clusterIPs"] = Json::array({ip});
  return {};
}

Result<void> fill_in_node_ports(FakeState& state, const FakeKind& kind, Json& object) {
  std::set<int> used = used_node_ports(state);
  for (Json& port : object["spec"]["ports"]) {
    int wanted = port.value("nodePort", 0);
    if (wanted != 0 && used.count(wanted) > 0) {
      return unacceptable(kind.type, name_of(object),
                          "spec.ports[0].nodePort: Invalid value: " + std::to_string(wanted) +
                              ": provided port is already allocated");
    }
    for (int candidate = 30000; wanted == 0; ++candidate) {
      if (used.count(candidate) == 0) wanted = candidate;
    }
    used.insert(wanted);
    port["nodePort"] = wanted;
  }
  return {};
}

Result<void> fill_in_service(FakeState& state, const FakeKind& kind, Json& object) {
  Json& spec = object["spec"];
  if (text_at(spec, "type").empty()) spec["type"] = "ClusterIP";
  if (text_at(spec, "sessionAffinity").empty()) spec["sessionAffinity"] = "None";
  object["status"] = {{"loadBalancer", Json::object()}};
  const std::string type = text_at(spec, "type");
  if (type == "ExternalName") return {};
  if (!spec.contains("ports")) spec["ports"] = Json::array();
  for (Json& port : spec["ports"]) {
    if (!port.contains("protocol")) port["protocol"] = "TCP";
    if (!port.contains("targetPort")) port["targetPort"] = port.value("port", 0);
  }
  TRY_VOID(fill_in_cluster_ip(state, kind, object));
  if (type == "ClusterIP") return {};
  return fill_in_node_ports(state, kind, object);
}

Result<void> fill_in_pod(FakeState& state, const FakeKind& kind, Json& object) {
  Json& spec = object["spec"];
  if (member(spec, "containers").empty()) {
    return unacceptable(kind.type, name_of(object), "spec.containers: Required value");
  }
  std::string account = text_at(spec, "serviceAccountName");
  if (account.empty()) account = "default";
  const std::string namespace_name = key_of(object).namespace_name;
  if (!state.find("serviceaccounts", {namespace_name, account})) {
    return forbidden(kind.type, name_of(object),
                     "error looking up service account " + namespace_name + "/" + account +
                         ": serviceaccount \"" + account + "\" not found");
  }
  spec["serviceAccountName"] = account;
  object["status"] = {{"phase", "Pending"}};
  return {};
}

// A Job's selector is made from its uid; one that was brought along belongs to another Job.
Result<void> fill_in_job(FakeState&, const FakeKind& kind, Json& object) {
  Json& spec = object["spec"];
  if (spec.value("manualSelector", false)) return {};
  if (!member(spec, "selector").empty()) {
    return unacceptable(kind.type, name_of(object),
                        "spec.selector: Invalid value: `selector` not auto-generated");
  }
  const Json labels = {{"batch.kubernetes.io/controller-uid", uid_of(object)},
                       {"batch.kubernetes.io/job-name", name_of(object)},
                       {"controller-uid", uid_of(object)},
                       {"job-name", name_of(object)}};
  spec["selector"]["matchLabels"]["batch.kubernetes.io/controller-uid"] = uid_of(object);
  spec["template"]["metadata"]["labels"].update(labels);
  return {};
}

Result<void> fill_in_selected(FakeState&, const FakeKind& kind, Json& object) {
  const Json& spec = member(object, "spec");
  const Json& wanted = member(member(spec, "selector"), "matchLabels");
  const Json& labels = member(member(member(spec, "template"), "metadata"), "labels");
  if (wanted.empty()) {
    return unacceptable(kind.type, name_of(object), "spec.selector: Required value");
  }
  for (const auto& [name, value] : wanted.items()) {
    if (member(labels, name) != value) {
      return unacceptable(kind.type, name_of(object),
                          "spec.template.metadata.labels: Invalid value: `selector` does not match "
                          "template `labels`");
    }
  }
  if (kind.type.resource != "daemonsets" && !spec.contains("replicas"))
    object["spec"]["replicas"] = 1;
  object["status"] = Json::object();
  return {};
}

Result<void> fill_in_claim(FakeState&, const FakeKind&, Json& object) {
  object["status"] = {{"phase", "Pending"}};
  return {};
}

Result<void> fill_in_volume(FakeState&, const FakeKind&, Json& object) {
  object["status"] = {{"phase", "Available"}};
  return {};
}

Result<void> fill_in_definition(FakeState&, const FakeKind& kind, Json& object) {
  const Json& spec = member(object, "spec");
  const std::string expected =
      text_at(member(spec, "names"), "plural") + "." + text_at(spec, "group");
  if (name_of(object) == expected) return {};
  return unacceptable(kind.type, name_of(object),
                      "metadata.name: Invalid value: \"" + name_of(object) +
                          "\": must be spec.names.plural+\".\"+spec.group");
}

constexpr DefaultsRow kDefaults[] = {
    {"namespaces", fill_in_namespace},
    {"services", fill_in_service},
    {"pods", fill_in_pod},
    {"jobs.batch", fill_in_job},
    {"deployments.apps", fill_in_selected},
    {"replicasets.apps", fill_in_selected},
    {"statefulsets.apps", fill_in_selected},
    {"daemonsets.apps", fill_in_selected},
    {"persistentvolumeclaims", fill_in_claim},
    {"persistentvolumes", fill_in_volume},
    {"customresourcedefinitions.apiextensions.k8s.io", fill_in_definition},
};

struct ImmutableRow {
  const char* group_resource;
  const char* pointer;
};

constexpr ImmutableRow kImmutable[] = {
    {"services", "/spec/clusterIP"},
    {"persistentvolumeclaims", "/spec/accessModes"},
    {"persistentvolumeclaims", "/spec/storageClassName"},
    {"persistentvolumeclaims", "/spec/volumeName"},
    {"pods", "/spec/nodeName"},
    {"pods", "/spec/volumes"},
    {"secrets", "/type"},
    {"deployments.apps", "/spec/selector"},
    {"replicasets.apps", "/spec/selector"},
    {"daemonsets.apps", "/spec/selector"},
    {"statefulsets.apps", "/spec/selector"},
    {"statefulsets.apps", "/spec/serviceName"},
    {"statefulsets.apps", "/spec/volumeClaimTemplates"},
    {"jobs.batch", "/spec/selector"},
    {"jobs.batch", "/spec/template"},
    {"rolebindings.rbac.authorization.k8s.io", "/roleRef"},
    {"clusterrolebindings.rbac.authorization.k8s.io", "/roleRef"},
    {"storageclasses.storage.k8s.io", "/provisioner"},
    {"storageclasses.storage.k8s.io", "/parameters"},
    {"priorityclasses.scheduling.k8s.io", "/value"},
};

// ConfigMaps and Secrets that declare themselves immutable.
Result<void> guard_frozen(const FakeKind& kind, const Json& before, const Json& after) {
  if (!before.value("immutable", false)) return {};
  for (const char* name : {"data", "binaryData", "stringData", "immutable"}) {
    if (member(before, name) == member(after, name)) continue;
    return unacceptable(
        kind.type, name_of(before),
        std::string(name) + ": Forbidden: field is immutable when `immutable` is set");
  }
  return {};
}

}  // namespace

Result<void> fill_in(FakeState& state, const FakeKind& kind, Json& object) {
  const std::string group_resource = kind.type.group_resource();
  for (const DefaultsRow& row : kDefaults) {
    if (group_resource == row.group_resource) return row.fill_in(state, kind, object);
  }
  return {};
}

Result<void> guard_immutable(const FakeKind& kind, const Json& before, const Json& after) {
  const std::string group_resource = kind.type.group_resource();
  for (const ImmutableRow& row : kImmutable) {
    const Json::json_pointer pointer(row.pointer);
    if (group_resource != row.group_resource || !before.contains(pointer)) continue;
    if (after.contains(pointer) && before.at(pointer) == after.at(pointer)) continue;
    return unacceptable(kind.type, name_of(before),
                        std::string(row.pointer) + ": Invalid value: field is immutable");
  }
  if (group_resource == "configmaps" || group_resource == "secrets") {
    return guard_frozen(kind, before, after);
  }
  return {};
}

}  // namespace salvor::kube
