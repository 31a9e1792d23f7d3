#include "restore/demands.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "kube/quantity.h"
#include "restore/references.h"

namespace salvor::restore {
namespace {

// Core kinds that quotas count under their own name too.
constexpr std::array<std::string_view, 7> kCounted = {"configmaps",
                                                      "secrets",
                                                      "services",
                                                      "persistentvolumeclaims",
                                                      "pods",
                                                      "resourcequotas",
                                                      "replicationcontrollers"};

bool is_cpu(const std::string& name) { return name == "cpu" || name.ends_with(".cpu"); }

std::optional<std::uint64_t> thousandths(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc() || !std::isfinite(number) || number < 0 || number > 1e12)
    return std::nullopt;
  const std::string suffix(rest, end);
  if (suffix == "m") return static_cast<std::uint64_t>(std::ceil(number));
  if (suffix.empty()) return static_cast<std::uint64_t>(std::ceil(number * 1000));
  return std::nullopt;
}

void add_resources(const Json& container, Amounts& amounts) {
  for (const char* side : {"requests", "limits"}) {
    const Json& wanted = member(member(container, "resources"), side);
    if (!wanted.is_object()) continue;
    for (const auto& [resource, quantity] : wanted.items()) {
      const std::string name = std::string(side) + "." + resource;
      const std::string text = quantity.is_string() ? quantity.get<std::string>() : quantity.dump();
      const std::uint64_t amount = quota_amount(name, text).value_or(0);
      if (amount == 0) continue;
      amounts[name] += amount;
      const bool has_short_name = side[0] == 'r' && (resource == "cpu" || resource == "memory");
      if (has_short_name) amounts[resource] += amount;
    }
  }
}

void raise_to(const Amounts& other, Amounts& amounts) {
  for (const auto& [name, amount] : other) amounts[name] = std::max(amounts[name], amount);
}

// The most that a pod needs at any time of its life: init containers run one by one before the
// others, those that are restarted always stay beside what comes after them.
Amounts needed_by(const Json& spec) {
  Amounts running;
  Amounts most;
  const Json& first = member(spec, "initContainers");
  for (const Json& container : first.is_array() ? first : Json::array()) {
    const bool stays = text_at(container, "restartPolicy") == "Always";
    Amounts beginning = running;
    add_resources(container, stays ? running : beginning);
    raise_to(stays ? running : beginning, most);
  }
  const Json& containers = member(spec, "containers");
  for (const Json& container : containers.is_array() ? containers : Json::array())
    add_resources(container, running);
  raise_to(running, most);
  return most;
}

void add_pods(const Json& spec, std::uint64_t times, Amounts& amounts) {
  if (times == 0) return;
  amounts["pods"] += times;
  for (const auto& [name, amount] : needed_by(spec)) amounts[name] += amount * times;
}

std::uint64_t pods_of(const Json& object) {
  const Json& spec = member(object, "spec");
  if (member(spec, "jobTemplate").is_object() || member(spec, "suspend") == true) return 0;
  const Json& replicas = member(spec, "replicas");
  return replicas.is_number_unsigned() ? replicas.get<std::uint64_t>() : 1;
}

void add_claim(const Json& object, Amounts& amounts) {
  const Json& spec = member(object, "spec");
  const std::string size = text_at(member(member(spec, "resources"), "requests"), "storage");
  const std::uint64_t bytes = kube::parse_quantity(size).value_or(0);
  amounts["requests.storage"] += bytes;
  const std::string name = text_at(spec, "storageClassName");
  if (name.empty()) return;
  const std::string of_class = name + ".storageclass.storage.k8s.io/";
  amounts[of_class + "requests.storage"] += bytes;
  amounts[of_class + "persistentvolumeclaims"] += 1;
}

void add_service(const Json& object, Amounts& amounts) {
  const std::string type = text_at(member(object, "spec"), "type");
  if (type == "LoadBalancer") amounts["services.loadbalancers"] += 1;
  const Json& ports = member(member(object, "spec"), "ports");
  if (ports.is_array() && (type == "LoadBalancer" || type == "NodePort"))
    amounts["services.nodeports"] += ports.size();
}

}  // namespace

std::optional<std::uint64_t> quota_amount(const std::string& name, const std::string& text) {
  return is_cpu(name) ? thousandths(text) : kube::parse_quantity(text);
}

Demand demand_of(const std::string& group_resource, const Json& object) {
  Demand demand;
  demand.items["count/" + group_resource] = 1;
  for (const std::string_view kind : kCounted) {
    if (kind == group_resource && kind != "pods") demand.items[group_resource] = 1;
  }
  if (group_resource == "persistentvolumeclaims") add_claim(object, demand.items);
  if (group_resource == "services") add_service(object, demand.items);
  const Json& pods = pod_spec_of(object);
  if (!pods.is_object()) return demand;
  if (group_resource == "pods") {
    add_pods(pods, 1, demand.items);
  } else {
    add_pods(pods, pods_of(object), demand.pods);
  }
  return demand;
}

}  // namespace salvor::restore
