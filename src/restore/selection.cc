#include "restore/selection.h"

#include <algorithm>
#include <map>

namespace salvor::restore {
namespace {

constexpr std::string_view kNamespaces = "namespaces";
constexpr std::string_view kDefinitions = "customresourcedefinitions.apiextensions.k8s.io";

class Selector {
 public:
  Selector(const std::vector<Item>& items, const Options& options)
      : items_(items), options_(options) {
    selected_.items.assign(items.size(), false);
    std::set<ObjectName> needed;  // of those in namespaces
    for (const Item& item : items) {
      for (const ObjectName& need : item.needs)
        if (!need.namespace_name.empty()) needed.insert(need);
    }
    for (const Item& item : items) {
      const ObjectName name = item.object_name();
      if (item.is_cluster_scoped() || needed.contains(name)) needable_[name] = item.number;
    }
  }

  Selected run() {
    find_named();
    for (const Item& item : items_) {
      if (is_wanted(item)) choose(item);
    }
    for (const Item& item : items_) {
      if (serves_chosen_accounts(item)) choose(item);
    }
    for (const std::string& name : selected_.namespaces)
      choose_name({std::string(kNamespaces), "", name});
    for (const Item& item : items_)
      selected_.as_need.push_back(selected_.items[item.number] && !is_wanted(item));
    return std::move(selected_);
  }

 private:
  static bool is_namespace(const Item& item) { return item.name.group_resource == kNamespaces; }
  bool is_filtered() const {
    return !options_.label_selector.empty() || !options_.include_types.empty() ||
           !options_.items.empty();
  }
  bool wants_name(const std::string& namespace_name) const {
    if (options_.exclude_namespaces.contains(namespace_name)) return false;
    return options_.wants_whole_backup() || options_.namespaces.contains(namespace_name);
  }
  bool wants_all_cluster_scoped() const {
    if (options_.cluster_scoped != ClusterScoped::by_default)
      return options_.cluster_scoped == ClusterScoped::all;
    return options_.wants_whole_backup();
  }
  bool wants_namespace(const Item& item) const {
    if (!wants_name(item.name.name)) return false;
    return !is_filtered() || named_.contains(item.number);
  }

  bool is_wanted(const Item& item) const {
    return is_namespace(item) ? wants_namespace(item) : wants(item);
  }

  bool wants(const Item& item) const {
    if (!item.matches_labels || !includes_type(options_, item.name.group_resource)) return false;
    if (!item.is_cluster_scoped() && !wants_name(item.name.namespace_name)) return false;
    if (!options_.items.empty()) return named_.contains(item.number);
    return !item.is_cluster_scoped() || wants_all_cluster_scoped();
  }

  // What each choice by name means; the types of most items are looked at only once.
  void find_named() {
    for (std::size_t i = 0; i < options_.items.size(); ++i) {
      const ItemChoice& choice = options_.items[i];
      const auto is_it = [&](const Item& item) {
        return item.name.name == choice.name && item.name.namespace_name == choice.namespace_name &&
               names_type({choice.type}, item.name.group_resource);
      };
      const auto found = std::find_if(items_.begin(), items_.end(), is_it);
      if (found == items_.end()) {
        selected_.missing.push_back(i);
      } else {
        named_.insert(found->number);
      }
    }
  }

  // A cluster-wide binding for accounts of namespaces that are restored whole.
  bool serves_chosen_accounts(const Item& item) const {
    if (!item.is_cluster_scoped() || is_filtered()) return false;
    return std::any_of(
        item.account_namespaces.begin(), item.account_namespaces.end(),
        [&](const std::string& name) { return selected_.namespaces.contains(name); });
  }

  // Even where others need it.
  bool is_left_out(const Item& item) const {
    if (names_type(options_.exclude_types, item.name.group_resource)) return true;
    if (is_namespace(item)) return options_.exclude_namespaces.contains(item.name.name);
    return item.is_cluster_scoped() && options_.cluster_scoped == ClusterScoped::none;
  }

  void choose_name(const ObjectName& name) {
    const auto found = needable_.find(name);
    if (found != needable_.end()) choose(items_[found->second]);
  }

  // Depth is bounded: an item is walked once, and needs lead from workloads to classes, accounts
  // and roles, and from these to roles, only.
  void choose(const Item& item) {
    if (selected_.items[item.number] || is_left_out(item)) return;
    selected_.items[item.number] = true;
    if (is_namespace(item)) selected_.namespaces.insert(item.name.name);
    if (!item.is_cluster_scoped()) selected_.namespaces.insert(item.name.namespace_name);
    choose_name({std::string(kDefinitions), "", item.name.group_resource});
    for (const ObjectName& need : item.needs) choose_name(need);
  }

  const std::vector<Item>& items_;
  const Options& options_;
  Selected selected_;
  std::set<std::size_t> named_;  // numbers of the items that are chosen by name
  std::map<ObjectName, std::size_t> needable_;
};

}  // namespace

Selected select(const std::vector<Item>& items, const Options& options) {
  return Selector(items, options).run();
}

}  // namespace salvor::restore
