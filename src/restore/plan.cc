// How a plan is made, in ten lines:
//   choose the items; check the request; for each chosen item one step, with the kind that the
//   target (or a definition in the plan) serves, and the reason if it is to be skipped; a step for
//   each namespace that things are restored into and that no step makes; link each item to its
//   namespace, its kind's definition and its owners (owner_links.h); sort by wave; number.
#include "restore/plan.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>

#include "base/check.h"
#include "restore/data_obstacles.h"
#include "restore/kind_list.h"
#include "restore/mounts.h"
#include "restore/owner_links.h"
#include "restore/plan_checks.h"
#include "restore/selection.h"
#include "restore/volume_order.h"

namespace salvor::restore {
namespace {

constexpr std::string_view kNamespaces = "namespaces";

constexpr auto kActions = std::to_array<std::pair<Action, std::string_view>>({
    {Action::create, "CREATE"},
    {Action::create_new, "CREATE_NEW"},
    {Action::merge, "MERGE"},
    {Action::replace, "REPLACE"},
    {Action::recreate, "RECREATE"},
    {Action::prune, "PRUNE"},
    {Action::remove, "REMOVE"},
    {Action::put_back, "PUT_BACK"},
    {Action::copy, "COPY"},
    {Action::none, "SKIP"},
});

kube::ResourceType namespace_type() {
  return {"", "v1", std::string(kNamespaces), "Namespace", false, {}};
}

class Planner {
 public:
  Planner(const std::vector<Item>& items, const ClusterFacts& facts, const Options& options)
      : items_(items), facts_(facts), options_(options), selected_(select(items, options)) {}

  Result<Plan> run() {
    TRY_VOID(check_request(selected_, facts_, options_));
    plan_.namespaces = options_.namespace_map.restricted_to(selected_.namespaces);
    index_items();
    for (const Item& item : items_) {
      if (selected_.items[item.number]) add_step(item);
    }
    add_missing_namespaces();
    number_steps();
    for (Step& step : plan_.steps) link(step);
    link_mounts(items_, plan_.steps);
    order_volumes(items_, plan_.steps);
    link_owners(items_, plan_.steps);
    sort_steps();
    return std::move(plan_);
  }

 private:
  void index_items() {
    for (const Item& item : items_) {
      by_name_[item.object_name()] = item.number;
      if (item.defines && selected_.items[item.number] && !item.skip && !is_known(*item.defines)) {
        definitions_[item.defines->resource + "." + item.defines->group] = item.number;
      }
    }
  }

  // A kind that the target has is there as the target defines it: an existing definition is left
  // alone, whatever versions the backup's would bring.
  bool is_known(const DefinedKind& kind) const {
    return facts_.discovery.find(kind.group, kind.resource) != nullptr;
  }

  void add_step(const Item& item) {
    const Rule& rule = rule_for(item.name.group_resource);
    Step step;
    step.item = static_cast<std::int64_t>(item.number);
    step.source = item.object_name();
    step.wave = rule.wave;
    step.target_namespace = plan_.namespaces.target_of(item.name.namespace_name);
    step.target_name = item.name.group_resource == kNamespaces
                           ? plan_.namespaces.target_of(item.name.name)
                           : item.name.name;
    step.action = action_for(item, rule);
    step.says_nothing = item.says_nothing;
    step.restores_status = names_type(options_.status_types, item.name.group_resource);
    resolve_type(item, step);
    if (const auto reason = reason_to_skip(item, rule, step)) {
      step.action = Action::none;
      step.reason = *reason;
      step.message = row_of(*reason).meaning;
    } else {
      judge_against_facts(item, rule, step);
    }
    plan_.steps.push_back(std::move(step));
  }

  Action action_for(const Item& item, const Rule& rule) const {
    switch (policy_for(item, rule)) {
      case Existing::keep:
        return rule.on_exists == OnExists::merge && !selected_.as_need[item.number]
                   ? Action::merge
                   : Action::create;
      case Existing::merge:
        return Action::merge;
      case Existing::replace:
        return Action::replace;
      case Existing::recreate:
        return Action::recreate;
      case Existing::fail:
        return rule.fails_when_exists ? Action::create_new : Action::create;
    }
    return Action::create;
  }

  // What is in the cluster's hands is not changed for the sake of those that need it.
  Existing policy_for(const Item& item, const Rule& rule) const {
    const std::string& type = item.name.group_resource;
    for (const std::string& name : {type, type.substr(0, type.find('.'))}) {
      const auto chosen = options_.existing_by_type.find(name);
      if (chosen != options_.existing_by_type.end()) return chosen->second;
    }
    if (rule.keeps_existing || selected_.as_need[item.number]) return Existing::keep;
    return options_.existing;
  }

  std::optional<Reason> reason_to_skip(const Item& item, const Rule& rule, const Step& step) const {
    if (item.skip) return item.skip;
    if (rule.is_volume && options_.volumes == Volumes::exclude) return Reason::volumes_excluded;
    if (rule.is_volume && item.is_dynamic_volume) return Reason::dynamic_volume;
    if (rule.is_storage_class && options_.storage_class_map.contains(item.name.name))
      return Reason::storage_class_mapped;
    if (!rule.protected_namespace.empty() && step.target_namespace == rule.protected_namespace)
      return Reason::system_service;
    if (!rule.made_for.empty() && serves_a_selector(item, rule.made_for))
      return Reason::controller_made;
    return std::nullopt;
  }

  bool serves_a_selector(const Item& item, std::string_view kind) const {
    const std::string& name = item.service_name.empty() ? item.name.name : item.service_name;
    const auto found = by_name_.find({std::string(kind), item.name.namespace_name, name});
    return found != by_name_.end() && items_[found->second].has_selector;
  }

  // The kind in the version that the source preferred, if the target serves it or will; else in
  // the one that the target likes best of those that the backup has a copy in.
  void resolve_type(const Item& item, Step& step) const {
    const auto [group, resource] = split_kind(item.name.group_resource);
    const kube::ResourceType* served = facts_.discovery.find(group, item.name.version, resource);
    if (served != nullptr) {
      step.type = *served;
      step.type.verbs.clear();  // there are as many copies as items
      return;
    }
    step.type = {group, item.name.version, resource, item.kind, !item.is_cluster_scoped(), {}};
    if (item.copies.empty() || is_served(step)) return;
    for (const kube::ResourceType& type : facts_.discovery.types) {
      const bool is_kind = type.group == group && type.resource == resource;
      if (!is_kind || !item.copies.contains(type.version)) continue;
      step.type = type;
      step.type.verbs.clear();
      step.from_copy = true;
      return;
    }
  }

  bool is_served(const Step& step) const {
    const kube::ResourceType& type = step.type;
    if (facts_.discovery.find(type.group, type.version, type.resource) != nullptr) return true;
    const auto found = definitions_.find(step.source.group_resource);
    return found != definitions_.end() &&
           items_[found->second].defines->served_versions.contains(type.version);
  }

  static std::string versions_of(const Item& item) {
    std::string text = item.name.version;
    for (const auto& [version, number] : item.copies) text += ", " + version;
    return (item.copies.empty() ? "version " : "any of the versions ") + text;
  }

  static void refuse(Step& step, Reason reason, std::string message) {
    step.action = Action::none;
    step.reason = reason;
    step.message = std::move(message);
  }

  void judge_against_facts(const Item& item, const Rule& rule, Step& step) const {
    if (!is_served(step)) {
      refuse(step, Reason::unsupported_version,
             "the target does not serve " + item.name.group_resource + " in " + versions_of(item));
      return;
    }
    const auto holder = facts_.volume_handles.find(item.volume_handle);
    if (!item.volume_handle.empty() && holder != facts_.volume_handles.end() &&
        holder->second != item.name.name) {
      refuse(step, Reason::volume_in_use,
             "persistent volume " + holder->second + " holds the same storage");
      return;
    }
    if (rule.copy_when_exists && facts_.existing_copyable.contains(step.source))
      plan_copy(item, step);
  }

  // The existing binding stays as it is; a second one, named after the new namespace, gives its
  // accounts the same rights.
  void plan_copy(const Item& item, Step& step) const {
    for (const std::string& name : item.account_namespaces) {
      if (!plan_.namespaces.renames(name)) continue;
      step.action = Action::copy;
      step.target_name = item.name.name + "-" + plan_.namespaces.target_of(name);
      return;
    }
  }

  // The backup may lack the namespace's own object, or it may be one to skip, such as one that was
  // being deleted while things in it were not.
  void add_missing_namespaces() {
    std::set<std::string> wanted;
    for (const Step& step : plan_.steps) {
      if (step.action != Action::none && !step.source.namespace_name.empty())
        wanted.insert(step.source.namespace_name);
    }
    for (const Step& step : plan_.steps) {
      if (step.action != Action::none && step.makes_namespace()) wanted.erase(step.source.name);
    }
    for (const std::string& name : wanted) {
      Step step;
      step.type = namespace_type();
      step.source = {std::string(kNamespaces), "", name};
      step.target_name = plan_.namespaces.target_of(name);
      step.wave = Wave::namespaces;
      plan_.steps.push_back(std::move(step));
    }
  }

  void number_steps() {
    for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
      Step& step = plan_.steps[i];
      step.number = static_cast<StepNumber>(i);
      if (step.action != Action::none && step.makes_namespace())
        namespace_steps_[step.target_name] = step.number;
      if (step.item >= 0) by_item_[static_cast<std::size_t>(step.item)] = step.number;
    }
  }

  void link(Step& step) const {
    if (step.action == Action::none) return;
    if (step.item >= 0) {
      find_volume(step);
      find_data(items_[static_cast<std::size_t>(step.item)], step);
    }
    if (step.action == Action::none) return;
    const auto home = namespace_steps_.find(step.target_namespace);
    if (!step.target_namespace.empty() && home != namespace_steps_.end())
      step.needs.push_back(home->second);
    const auto definition = definitions_.find(step.source.group_resource);
    if (definition != definitions_.end()) step.needs.push_back(by_item_.at(definition->second));
  }

  // A claim keeps the static volume that comes with it, unless the target's is another's by then.
  void find_volume(Step& step) const {
    for (const ObjectName& need : items_[static_cast<std::size_t>(step.item)].needs) {
      const Step* const volume = volume_step(need);
      if (volume == nullptr) continue;
      const auto there = facts_.volumes.find(need.name);
      step.keeps_volume = there == facts_.volumes.end() || is_free(there->second, *volume, step);
      if (step.keeps_volume) return;
      step.message = "persistent volume " + need.name + " stays bound to claim " +
                     there->second.claim + " in the target, so this claim needs another one";
      if (there->second.is_released)
        step.message += ", or existing_policies with replace for persistentvolumes";
    }
  }

  // A claim that does not keep its volume is filled from the recovery point, where it can be.
  void find_data(const Item& item, Step& step) const {
    if (!item.data || step.keeps_volume) return;
    step.data = item.data;
    if (!step.data->is_there()) return;
    step.message += (step.message.empty() ? "" : "; ") + ("filled from " + source_of(*step.data));
    const auto obstacle = obstacle_to(*step.data, item, facts_, options_,
                                      [this](const ObjectName& name) { return is_made(name); });
    if (obstacle) refuse(step, obstacle->reason, obstacle->message);
  }

  bool is_made(const ObjectName& name) const {
    const auto item = by_name_.find(name);
    if (item == by_name_.end()) return false;
    const auto step = by_item_.find(item->second);
    return step != by_item_.end() && plan_.steps[step->second].action != Action::none;
  }

  // The step that makes a static volume, or null.
  const Step* volume_step(const ObjectName& need) const {
    if (!rule_for(need.group_resource).is_volume) return nullptr;
    const auto item = by_name_.find(need);
    if (item == by_name_.end()) return nullptr;
    const auto step = by_item_.find(item->second);
    if (step == by_item_.end() || plan_.steps[step->second].action == Action::none) return nullptr;
    return &plan_.steps[step->second];
  }

  static bool is_free(const VolumeFact& volume, const Step& volume_step, const Step& claim) {
    if (volume.claim.empty()) return true;
    if (volume.claim != claim.target_namespace + "/" + claim.target_name) return false;
    return !volume.is_released || volume_step.action == Action::replace;
  }

  void sort_steps() {
    std::vector<StepNumber> order(plan_.steps.size());
    for (StepNumber i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](StepNumber a, StepNumber b) {
      const Step& one = plan_.steps[a];
      const Step& other = plan_.steps[b];
      return std::pair(one.wave, one.fill_order) < std::pair(other.wave, other.fill_order);
    });
    std::vector<StepNumber> place(order.size());
    for (StepNumber i = 0; i < order.size(); ++i) place[order[i]] = i;
    // In place: two lists of a large plan would be the most memory that a restore takes.
    for (StepNumber i = 0; i < place.size(); ++i) {
      while (place[i] != i) {
        std::swap(plan_.steps[i], plan_.steps[place[i]]);
        std::swap(place[i], place[place[i]]);
      }
    }
    renumber(order);
  }

  // `order`: by new number, the old one.
  void renumber(const std::vector<StepNumber>& order) {
    std::vector<StepNumber> place(order.size());
    for (StepNumber i = 0; i < order.size(); ++i) place[order[i]] = i;
    for (StepNumber i = 0; i < order.size(); ++i) {
      plan_.steps[i].number = i;
      for (StepNumber& need : plan_.steps[i].needs) need = place[need];
      for (OwnerLink& link : plan_.steps[i].owners) link.owner = place[link.owner];
    }
  }

  const std::vector<Item>& items_;
  const ClusterFacts& facts_;
  const Options& options_;
  const Selected selected_;
  Plan plan_;
  std::map<ObjectName, std::size_t> by_name_;
  std::map<std::string, std::size_t> definitions_;     // kinds that the plan brings -> their item
  std::map<std::string, StepNumber> namespace_steps_;  // target namespace -> its step
  std::unordered_map<std::size_t, StepNumber> by_item_;
};

}  // namespace

std::string_view to_string(Action action) {
  for (const auto& [value, name] : kActions) {
    if (value == action) return name;
  }
  check_failed("a known action", __FILE__, __LINE__);
}

Action action_of(std::string_view text) {
  for (const auto& [value, name] : kActions) {
    if (name == text) return value;
  }
  return Action::none;
}

bool Step::makes_namespace() const { return source.group_resource == kNamespaces; }

std::vector<Outcome> outcomes_before(const Plan& plan, EpochSeconds now) {
  std::vector<Outcome> outcomes(plan.steps.size());
  for (const Step& step : plan.steps) {
    if (step.action != Action::none) continue;
    Outcome& outcome = outcomes[step.number];
    outcome.reason = step.reason;
    outcome.message = step.message;
    outcome.start_time = outcome.end_time = now;
  }
  return outcomes;
}

Result<Plan> make_plan(const std::vector<Item>& items, const ClusterFacts& facts,
                       const Options& options) {
  return Planner(items, facts, options).run();
}

}  // namespace salvor::restore
