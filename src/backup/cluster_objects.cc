#include "backup/cluster_objects.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "backup/pages.h"
#include "kube/retried.h"

namespace salvor::backup {
namespace {

constexpr std::string_view kNamespaces = "namespaces";
constexpr std::string_view kBindings = "clusterrolebindings.rbac.authorization.k8s.io";
constexpr std::string_view kRoles = "clusterroles.rbac.authorization.k8s.io";
constexpr std::string_view kVolumes = "persistentvolumes";
constexpr std::string_view kDefinitions = "customresourcedefinitions.apiextensions.k8s.io";
constexpr std::string_view kCallers[] = {
    "mutatingwebhookconfigurations.admissionregistration.k8s.io",
    "validatingwebhookconfigurations.admissionregistration.k8s.io",
    "apiservices.apiregistration.k8s.io"};

// More objects than these are listed instead of asked for one by one.
constexpr std::size_t kGetsMax = 20;

bool is_caller(std::string_view group_resource) {
  return std::find(std::begin(kCallers), std::end(kCallers), group_resource) != std::end(kCallers);
}

// Bindings name roles, volumes name classes; any type may need its definition.
int order_of(std::string_view group_resource) {
  if (group_resource == kBindings || group_resource == kVolumes) return 0;
  return group_resource == kDefinitions ? 2 : 1;
}

// Whether an object that is listed is needed, by its head or by all of it.
using NeedsHead = Collection::Wants;
using NeedsObject = std::function<bool(const Json& object)>;

class Adding {
 public:
  Adding(Context& context, kube::Api& api, const Selection& selection,
         const kube::ResourceType& type, Collection& collection)
      : context_(context),
        api_(api),
        selection_(selection),
        type_(type),
        group_resource_(type.group_resource()),
        collection_(collection) {}

  Result<void> add() {
    collection_.begin(type_);
    if (group_resource_ == kBindings) return add_bindings();
    if (group_resource_ == kRoles) return add_roles();
    if (is_caller(group_resource_)) return add_callers();
    return add_names(names());
  }

 private:
  std::set<std::string> names() const;
  Result<void> add_names(const std::set<std::string>& names);
  Result<void> add_one(const std::string& name);
  Result<void> add_bindings();
  Result<void> add_roles();
  Result<void> add_callers();
  // Adds what is wanted of a whole list, without keeping it.
  Result<void> add_listed(const std::string& selector, const NeedsHead& wants,
                          const NeedsObject& needs);
  bool is_ours(const Account& account) const;

  Context& context_;
  kube::Api& api_;
  const Selection& selection_;
  const kube::ResourceType& type_;
  std::string group_resource_;
  Collection& collection_;
  std::set<std::string> selectors_;  // of the roles added, by which these gather others
};

bool any(const Json&) { return true; }
bool all(const archive::ObjectHead&) { return true; }

std::set<std::string> Adding::names() const {
  std::set<std::string> names;
  if (group_resource_ == kNamespaces) {
    names = collection_.namespaces();
    // An empty namespace that was asked for is taken, too.
    if (selection_.labels.empty())
      names.insert(selection_.namespaces.begin(), selection_.namespaces.end());
    std::erase_if(names,
                  [&](const std::string& name) { return !selection_.takes_namespace(name); });
    return names;
  }
  if (group_resource_ == kDefinitions) {
    // A definition has its type's name; the group of one always has a dot.
    for (const auto& [type, count] : collection_.counts()) {
      if (std::count(type.begin(), type.end(), '.') >= 2) names.insert(type);
    }
    return names;
  }
  const auto found = collection_.needs().find(group_resource_);
  return found == collection_.needs().end() ? names : found->second;
}

Result<void> Adding::add_names(const std::set<std::string>& names) {
  if (names.size() > kGetsMax) {
    return add_listed(
        "", [&](const auto& head) { return names.contains(head.name); }, any);
  }
  for (const std::string& name : names) {
    if (!collection_.has(group_resource_, name)) TRY_VOID(add_one(name));
  }
  return {};
}

Result<void> Adding::add_one(const std::string& name) {
  const Result<Json> object = kube::retried(context_, [&] {
    return api_.get(context_, type_, {"", name});
  });
  if (object.ok()) {
    if (group_resource_ == kRoles) selectors_.merge(gathered_roles(*object));
    return collection_.add(context_, compact(*object), all);
  }
  // Built-in types have no definition, and a claim may outlive its volume.
  if (object.error().code == ErrorCode::not_found) {
    if (group_resource_ != kDefinitions) {
      collection_.note(group_resource_ + " " + name + " is named by an object but does not exist");
    }
    return {};
  }
  return collection_.absorb("reading " + group_resource_ + " " + name, object.error());
}

Result<void> Adding::add_listed(const std::string& selector, const NeedsHead& wants,
                                const NeedsObject& needs) {
  Pages pages(context_, api_, {{&type_, "", selector}});
  while (std::optional<PageEvent> event = pages.next()) {
    if (event->failure) TRY_VOID(collection_.absorb("listing " + group_resource_, *event->failure));
    for (const std::string& json : event->items) {
      const Result<archive::ObjectHead> head = archive::read_head(json);
      if (!head.ok() || !wants(*head)) continue;
      const Result<Json> object = parse_json(json);
      if (!object.ok() || !needs(*object)) continue;
      if (group_resource_ == kRoles) selectors_.merge(gathered_roles(*object));
      TRY_VOID(collection_.add(context_, json, all));
    }
  }
  return context_.check();
}

// Without labels every account of a namespace is taken, also one that is made only later; with
// labels those that were written.
bool Adding::is_ours(const Account& account) const {
  const bool by_namespace = selection_.labels.empty();
  if (account.namespace_name == "*") return by_namespace;
  if (by_namespace && !selection_.all_namespaces) {
    return selection_.takes_namespace(account.namespace_name);
  }
  return collection_.accounts().contains(account);
}

Result<void> Adding::add_bindings() {
  const auto is_bound = [&](const Json& binding) {
    const std::set<Account> accounts = bound_accounts(binding);
    return std::any_of(accounts.begin(), accounts.end(),
                       [&](const Account& account) { return is_ours(account); });
  };
  if (!collection_.counts().contains("serviceaccounts")) return {};
  return add_listed("", all, is_bound);
}

Result<void> Adding::add_roles() {
  TRY_VOID(add_names(names()));
  std::set<std::string> asked;
  while (true) {
    std::set<std::string> open = selectors_;
    std::erase_if(open, [&](const std::string& selector) { return asked.contains(selector); });
    if (open.empty()) return {};
    for (const std::string& selector : open) TRY_VOID(add_listed(selector, all, any));
    asked.merge(open);
  }
}

Result<void> Adding::add_callers() {
  if (collection_.services().empty()) return {};
  return add_listed("", all, [&](const Json& object) {
    const std::set<ServiceName> called = called_services(object);
    return std::any_of(called.begin(), called.end(), [&](const ServiceName& service) {
      return collection_.services().contains(service);
    });
  });
}

}  // namespace

std::vector<const kube::ResourceType*> in_order_of_need(
    std::vector<const kube::ResourceType*> types) {
  std::stable_sort(types.begin(), types.end(), [](const auto* one, const auto* other) {
    return order_of(one->group_resource()) < order_of(other->group_resource());
  });
  return types;
}

Result<void> add_needed(Context& context, kube::Api& api, const Selection& selection,
                        const kube::ResourceType& type, Collection& collection) {
  return Adding(context, api, selection, type, collection).add();
}

}  // namespace salvor::backup
