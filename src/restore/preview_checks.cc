#include "restore/preview_checks.h"

#include <algorithm>
#include <map>
#include <set>

namespace salvor::restore {
namespace {

using Level = PlanCheck::Level;

void check_versions(const Plan& plan, std::vector<PlanCheck>& checks) {
  std::map<std::string, std::pair<std::size_t, std::string>> kinds;
  for (const Step& step : plan.steps) {
    if (step.reason != Reason::unsupported_version) continue;
    auto& [count, message] = kinds[step.source.group_resource];
    ++count;
    message = step.message;
  }
  for (const auto& [kind, found] : kinds) {
    checks.push_back({Level::error, "versions", kind,
                      counted(found.first, "item") + ": " + found.second,
                      std::string(row_of(Reason::unsupported_version).hint)});
  }
}

// Claims whose data is there and cannot be brought back into this cluster.
void check_volumes(const Plan& plan, std::vector<PlanCheck>& checks) {
  std::map<std::pair<Reason, std::string>, std::vector<std::string>> found;
  for (const Step& step : plan.steps) {
    const bool is_refused =
        step.action == Action::none &&
        (step.reason == Reason::class_missing || step.reason == Reason::snapshot_unusable);
    if (!is_refused) continue;
    found[{step.reason, step.message}].push_back(step.target_namespace + "/" + step.target_name);
  }
  for (const auto& [why, claims] : found) {
    const std::string subject = claims.size() == 1 ? claims[0] : counted(claims.size(), "claim");
    checks.push_back(
        {Level::error, "volumes", subject, why.second, std::string(row_of(why.first).hint)});
  }
}

void check_access(const ClusterFacts& facts, std::vector<PlanCheck>& checks) {
  for (const DeniedAccess& denied : facts.denied) {
    const std::string where =
        denied.namespace_name.empty() ? "" : " in namespace " + denied.namespace_name;
    checks.push_back(
        {Level::error, "access", denied.group_resource,
         "the cluster's credentials may not " + denied.verb + " " + denied.group_resource + where,
         "grant the verb to the account of the cluster's kubeconfig"});
  }
}

void check_webhooks(const Plan& plan, const ClusterFacts& facts, std::vector<PlanCheck>& checks) {
  for (const WebhookFact& webhook : facts.webhooks) {
    const auto asked = static_cast<std::size_t>(
        std::count_if(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
          return step.action != Action::none && webhook.matches(step.type);
        }));
    if (asked == 0) continue;
    checks.push_back({Level::warning, "webhooks", webhook.name,
                      "may change or refuse " + counted(asked, "item") +
                          (webhook.refuses_when_down ? ", and refuses them while it is down" : ""),
                      "see that what serves it is up in the target"});
  }
}

void check_namespaces(const Plan& plan, const ClusterFacts& facts, std::vector<PlanCheck>& checks) {
  std::set<std::string> with_workloads;
  for (const Step& step : plan.steps) {
    if (step.action == Action::none) continue;
    if (step.wave == Wave::workloads) with_workloads.insert(step.target_namespace);
    const auto state = facts.namespaces.find(step.target_name);
    const bool ends = step.makes_namespace() && state != facts.namespaces.end() &&
                      state->second == NamespaceState::terminating;
    if (!ends) continue;
    checks.push_back({Level::warning, "namespaces", step.target_name,
                      "is being deleted in the target; the restore waits for its end",
                      "find what holds it, or map the namespace to another name"});
  }
  for (const auto& [name, level] : facts.pod_security) {
    if (level == "privileged" || !with_workloads.contains(name)) continue;
    checks.push_back({Level::warning, "pod_security", name,
                      "enforces the pod security level " + level +
                          ": pods that ask for more are refused, also those of workloads",
                      "compare the level with that of the source namespace"});
  }
}

void check_conflicts(const Plan& plan, const std::vector<Forecast>& forecasts,
                     std::vector<PlanCheck>& checks) {
  std::map<Reason, std::size_t> counts;
  for (const Step& step : plan.steps) {
    const Reason reason = forecasts[step.number].reason;
    const bool meets = reason == Reason::exists || reason == Reason::already_exists ||
                       reason == Reason::immutable || reason == Reason::is_protected;
    if (meets) ++counts[reason];
  }
  for (const auto& [reason, count] : counts) {
    const ReasonRow& row = row_of(reason);
    const bool fails = row.kind == ReasonClass::failed;
    checks.push_back({fails ? Level::error : Level::warning, "conflicts", std::string(row.code),
                      counted(count, "item") + ": " + std::string(row.meaning),
                      std::string(row.hint)});
  }
}

void check_missing(const std::map<ObjectName, std::size_t>& missing,
                   std::vector<PlanCheck>& checks) {
  for (const auto& [name, count] : missing) {
    checks.push_back(
        {Level::warning, "missing", name.group_resource + " " + name.name,
         "is named by " + counted(count, "item") + " and neither in the target nor restored",
         rule_for(name.group_resource).is_storage_class
             ? "map it to a class of the target with storage_class_map, or make it there"
             : "make it in the target, or restore it too"});
  }
}

void check_free_texts(const Plan& plan, const std::vector<Forecast>& forecasts,
                      std::vector<PlanCheck>& checks) {
  std::size_t texts = 0, items = 0;
  for (const Step& step : plan.steps) {
    const std::size_t found = forecasts[step.number].free_texts.size();
    texts += found;
    if (found > 0) ++items;
  }
  if (texts == 0) return;
  checks.push_back({Level::warning, "free_texts", counted(items, "item"),
                    counted(texts, "text") + " name old namespaces and stay as they are",
                    "see the items' free_texts, and set the plan's suggested_modifiers as the "
                    "restore's modifiers to have them rewritten"});
}

void add_all(const Amounts& more, Amounts& amounts) {
  for (const auto& [name, amount] : more) amounts[name] += amount;
}

std::string amount_text(const std::string& name, std::uint64_t amount) {
  const bool is_cpu = name == "cpu" || name.ends_with(".cpu");
  return std::to_string(amount) + (is_cpu ? "m" : "");
}

// Sums over what is made new in each namespace that has quotas.
void check_quotas(const Plan& plan, const std::vector<Forecast>& forecasts,
                  const ClusterFacts& facts, std::vector<PlanCheck>& checks) {
  std::map<std::string, Demand> demands;
  for (const Step& step : plan.steps) {
    if (!facts.quotas.contains(step.target_namespace)) continue;
    Demand& demand = demands[step.target_namespace];
    add_all(forecasts[step.number].demand.items, demand.items);
    add_all(forecasts[step.number].demand.pods, demand.pods);
  }
  for (auto& [space, demand] : demands) {
    Amounts all = demand.items;
    add_all(demand.pods, all);
    for (const auto& quota : facts.quotas.at(space)) {
      for (const auto& [name, left] : quota.left) {
        const auto wanted = all.find(name);
        if (wanted == all.end() || wanted->second <= left) continue;
        const auto alone = demand.items.find(name);
        const bool is_refused = alone != demand.items.end() && alone->second > left;
        checks.push_back({is_refused ? Level::error : Level::warning, "quotas",
                          space + "/" + quota.name,
                          "leaves " + amount_text(name, left) + " of " + name + ", and " +
                              amount_text(name, wanted->second) + " are asked for" +
                              (is_refused ? "" : " with the pods of workloads"),
                          "raise the quota, or restore less"});
      }
    }
  }
}

// In-tree provisioners and those of other kinds have no CSIDriver; only a cluster that has drivers
// at all can be said to lack one.
void check_drivers(const std::vector<Forecast>& forecasts, const ClusterFacts& facts,
                   const std::map<ObjectName, std::size_t>& named, std::vector<PlanCheck>& checks) {
  std::map<std::string, std::size_t> lacking;
  const auto look = [&](const std::string& driver, std::size_t count) {
    const bool is_csi = !driver.empty() && !driver.starts_with("kubernetes.io/");
    if (is_csi && !facts.csi_drivers.contains(driver)) lacking[driver] += count;
  };
  for (const Forecast& forecast : forecasts) look(forecast.driver, 1);
  for (const auto& [need, count] : named) {
    const auto found = facts.storage_classes.find(need.name);
    const bool is_class = rule_for(need.group_resource).is_storage_class;
    if (is_class && found != facts.storage_classes.end()) look(found->second.provisioner, count);
  }
  for (const auto& [driver, count] : lacking) {
    checks.push_back({Level::warning, "csi_drivers", driver,
                      "is not installed in the target and provides for " + counted(count, "item"),
                      "install the driver, or map the storage class to another"});
  }
}

void check_hosts(const Plan& plan, const std::vector<Forecast>& forecasts,
                 const ClusterFacts& facts, std::vector<PlanCheck>& checks) {
  for (const Step& step : plan.steps) {
    const std::string self = step.type.kind + " " + step.target_namespace + "/" + step.target_name;
    for (const std::string& host : forecasts[step.number].hosts) {
      const auto holder = facts.hosts.find(host);
      if (holder == facts.hosts.end() || holder->second == self) continue;
      checks.push_back({Level::warning, "hosts", host,
                        self + " asks for it, and " + holder->second + " has it in the target",
                        "change one of them, with a modifier or in the target"});
    }
  }
}

// "a, b, c and 4 more".
std::string some_of(const std::set<std::string>& subjects) {
  constexpr std::size_t kMost = 3;
  std::string text;
  std::size_t shown = 0;
  for (const std::string& subject : subjects) {
    if (shown == kMost) break;
    text += (shown++ == 0 ? "" : ", ") + subject;
  }
  return subjects.size() > kMost
             ? text + " and " + std::to_string(subjects.size() - kMost) + " more"
             : text;
}

void check_cautions(const Plan& plan, const std::vector<Forecast>& forecasts,
                    std::vector<PlanCheck>& checks) {
  struct Found {
    std::size_t items = 0;
    std::set<std::string> subjects;
  };
  std::map<const Caution*, std::map<std::string, Found>> all;
  for (const Step& step : plan.steps) {
    for (const FoundCaution& one : forecasts[step.number].cautions) {
      Found& found = all[one.caution][step.source.group_resource];
      ++found.items;
      if (!one.subject.empty()) found.subjects.insert(one.subject);
    }
  }
  for (const auto& [caution, kinds] : all) {
    for (const auto& [kind, found] : kinds) {
      checks.push_back({caution->is_error ? Level::error : Level::warning,
                        std::string(caution->check), kind,
                        counted(found.items, "item") + " " + std::string(caution->message) + ": " +
                            some_of(found.subjects),
                        std::string(caution->hint)});
    }
  }
}

// Why no node of the target is one for that; "" when one is.
std::string why_nowhere(const Placement& placement, const std::vector<NodeFact>& nodes) {
  const auto fits = [&](const NodeFact& node) { return fits_labels(placement, node); };
  const bool asks_nothing = placement.wanted().empty();
  if (std::none_of(nodes.begin(), nodes.end(), fits))
    return asks_nothing ? "" : "no node of the target has such labels";
  const bool is_somewhere = std::any_of(nodes.begin(), nodes.end(), [&](const NodeFact& node) {
    return fits(node) && tolerates(placement, node);
  });
  return is_somewhere ? "" : "each node of the target that would do has a taint";
}

void check_nodes(const std::vector<Forecast>& forecasts, const ClusterFacts& facts,
                 std::vector<PlanCheck>& checks) {
  std::map<Placement, std::size_t> wanted;
  for (const Forecast& forecast : forecasts) {
    if (forecast.placement) ++wanted[*forecast.placement];
  }
  for (const auto& [placement, count] : wanted) {
    const std::string why = why_nowhere(placement, facts.nodes);
    if (why.empty()) continue;
    const std::string text = placement.wanted();
    const std::string who = placement.is_volume
                                ? counted(count, "volume") + " can be reached"
                                : "the pods of " + counted(count, "item") + " can be";
    checks.push_back({Level::warning, "nodes", text.empty() ? "taints" : text,
                      why + ", and " + who + " nowhere else",
                      placement.is_volume
                          ? "label a node, or leave out the volumes and their claims"
                          : "label or untaint a node, or change nodeSelector, affinity or "
                            "tolerations with a modifier"});
  }
}

// Volumes of a class are made anew, under other names.
bool is_volume_by_name(const ObjectName& need) {
  const Rule& rule = rule_for(need.group_resource);
  return rule.is_volume && !rule.is_storage_class;
}

}  // namespace

std::map<ObjectName, std::size_t> needs_outside(const Plan& plan, const std::vector<Item>& items,
                                                const Options& options) {
  std::set<ObjectName> brought;
  for (const Step& step : plan.steps) {
    if (step.action != Action::none) brought.insert(step.source);
  }
  std::map<ObjectName, std::size_t> outside;
  for (const Step& step : plan.steps) {
    if (step.action == Action::none || step.item < 0) continue;
    for (ObjectName need : items[static_cast<std::size_t>(step.item)].needs) {
      if (is_volume_by_name(need)) continue;
      const auto mapped = options.storage_class_map.find(need.name);
      if (rule_for(need.group_resource).is_storage_class &&
          mapped != options.storage_class_map.end()) {
        need.name = mapped->second;
      } else if (brought.contains(need)) {
        continue;
      }
      ++outside[need];
    }
  }
  return outside;
}

std::vector<PlanCheck> check_preview(const Plan& plan, const std::vector<Forecast>& forecasts,
                                     const ClusterFacts& facts,
                                     const std::map<ObjectName, std::size_t>& named,
                                     const std::map<ObjectName, std::size_t>& missing) {
  std::vector<PlanCheck> checks;
  check_missing(missing, checks);
  check_versions(plan, checks);
  check_volumes(plan, checks);
  check_access(facts, checks);
  check_conflicts(plan, forecasts, checks);
  check_namespaces(plan, facts, checks);
  check_webhooks(plan, facts, checks);
  check_free_texts(plan, forecasts, checks);
  check_quotas(plan, forecasts, facts, checks);
  check_drivers(forecasts, facts, named, checks);
  check_hosts(plan, forecasts, facts, checks);
  check_cautions(plan, forecasts, checks);
  check_nodes(forecasts, facts, checks);
  std::stable_sort(checks.begin(), checks.end(),
                   [](const PlanCheck& a, const PlanCheck& b) { return a.level > b.level; });
  return checks;
}

Json to_json(const std::vector<PlanCheck>& checks) {
  Json list = Json::array();
  for (const PlanCheck& check : checks) {
    list.push_back({{"level", check.level == Level::error ? "ERROR" : "WARNING"},
                    {"check", check.check},
                    {"subject", check.subject},
                    {"message", check.message},
                    {"hint", check.hint}});
  }
  return list;
}

}  // namespace salvor::restore
