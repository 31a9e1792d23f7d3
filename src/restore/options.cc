#include "restore/options.h"

#include <algorithm>
#include <cctype>

#include "restore/volume_order.h"

namespace salvor::restore {
namespace {

Error wrong(const std::string& field, const std::string& expected) {
  return error(ErrorCode::invalid, field + " must be " + expected);
}

Result<std::map<std::string, std::string>> string_map(const Json& document,
                                                      const std::string& name) {
  std::map<std::string, std::string> map;
  const Json& value = member(document, name);
  if (value.is_null()) return map;
  if (!value.is_object()) return wrong(name, "an object of strings");
  for (const auto& [key, item] : value.items()) {
    if (!item.is_string()) return wrong(name + "." + key, "a string");
    map[key] = item.get<std::string>();
  }
  return map;
}

Result<std::set<std::string>> string_set(const Json& document, const std::string& name) {
  std::set<std::string> set;
  const Json& value = member(document, name);
  if (value.is_null()) return set;
  if (!value.is_array()) return wrong("selection." + name, "a list of strings");
  for (const Json& item : value) {
    if (!item.is_string()) return wrong("selection." + name, "a list of strings");
    set.insert(item.get<std::string>());
  }
  return set;
}

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::set<std::string> split_commas(const std::string& text) {
  std::set<std::string> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    parts.insert(trimmed(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return parts;
}

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Result<std::set<std::string>> type_set(const Json& selection, const std::string& name) {
  TRY(const auto names, string_set(selection, name));
  std::set<std::string> types;
  for (const std::string& type : names) types.insert(lower_case(type));
  return types;
}

Result<std::vector<ItemChoice>> item_choices(const Json& selection) {
  std::vector<ItemChoice> choices;
  const Json& value = member(selection, "items");
  if (value.is_null()) return choices;
  if (!value.is_array()) return wrong("selection.items", "a list of objects");
  for (const Json& item : value) {
    ItemChoice choice{lower_case(text_at(item, "resource_type")), text_at(item, "namespace"),
                      text_at(item, "name")};
    if (choice.type.empty() || choice.name.empty()) {
      return wrong("selection.items[" + std::to_string(choices.size()) + "]",
                   "an object with resource_type and name");
    }
    choices.push_back(std::move(choice));
  }
  return choices;
}

Result<ClusterScoped> cluster_scoped_in(const Json& selection) {
  const std::string text = text_at(selection, "cluster_scoped");
  if (text.empty()) return ClusterScoped::by_default;
  if (text == "related") return ClusterScoped::related;
  if (text == "all") return ClusterScoped::all;
  if (text == "none") return ClusterScoped::none;
  return wrong("selection.cluster_scoped", "related, all or none");
}

Result<Existing> existing_from(const std::string& field, const std::string& text) {
  constexpr std::pair<std::string_view, Existing> kPolicies[] = {{"keep", Existing::keep},
                                                                 {"merge", Existing::merge},
                                                                 {"replace", Existing::replace},
                                                                 {"recreate", Existing::recreate},
                                                                 {"fail", Existing::fail}};
  for (const auto& [name, policy] : kPolicies) {
    if (name == text) return policy;
  }
  return wrong(field, "keep, merge, replace, recreate or fail");
}

// One word out of a closed list; absent is the first.
template <typename Choice>
Result<Choice> choice_in(const Json& restore, const char* field,
                         std::initializer_list<std::pair<std::string_view, Choice>> words) {
  const std::string text = text_at(restore, field);
  std::string known;
  for (const auto& [word, choice] : words) {
    if (text == word || (text.empty() && known.empty())) return choice;
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  return wrong(field, "one of: " + known);
}

Result<EditChoices> edit_choices(const Json& restore) {
  EditChoices choices;
  TRY(choices.node_ports, choice_in<NodePorts>(restore, "service_node_ports",
                                               {{"keep_if_free", NodePorts::keep_if_free},
                                                {"fresh", NodePorts::fresh},
                                                {"keep", NodePorts::keep}}));
  TRY(choices.cluster_addresses,
      choice_in<ClusterAddresses>(
          restore, "service_cluster_ips",
          {{"fresh", ClusterAddresses::fresh}, {"keep_if_free", ClusterAddresses::keep_if_free}}));
  TRY(choices.finalizers, choice_in<Finalizers>(restore, "finalizers",
                                                {{"by_owner", Finalizers::by_owner},
                                                 {"keep", Finalizers::keep},
                                                 {"drop", Finalizers::drop}}));
  TRY(choices.gitops_marks,
      choice_in<GitOpsMarks>(restore, "gitops_marks",
                             {{"keep", GitOpsMarks::keep}, {"strip", GitOpsMarks::strip}}));
  return choices;
}

Result<void> read_existing(const Json& restore, Options& options) {
  const std::string text = text_at(restore, "existing_policy");
  if (!text.empty()) {
    TRY(options.existing, existing_from("existing_policy", text));
  }
  TRY(const auto by_type, string_map(restore, "existing_policies"));
  for (const auto& [type, policy] : by_type) {
    TRY(options.existing_by_type[lower_case(type)],
        existing_from("existing_policies." + type, policy));
  }
  return {};
}

}  // namespace

Result<Options> parse_options(const Json& restore) {
  Options options;
  const Json& selection = member(restore, "selection");
  if (!selection.is_object()) return wrong("selection", "an object");
  options.all_namespaces = member(selection, "all_namespaces") == true;
  TRY(options.namespaces, string_set(selection, "namespaces"));
  TRY(options.label_selector, label_selector_in(selection));
  TRY(options.include_types, type_set(selection, "include_resource_types"));
  TRY(options.exclude_types, type_set(selection, "exclude_resource_types"));
  TRY(options.exclude_namespaces, string_set(selection, "exclude_namespaces"));
  TRY(options.items, item_choices(selection));
  TRY(options.cluster_scoped, cluster_scoped_in(selection));
  if (member(selection, "restorePersistentVolumes") == false) options.volumes = Volumes::exclude;
  TRY(auto map, string_map(restore, "namespaces_map"));
  options.namespace_map = NamespaceMap(std::move(map), text_at(restore, "namespaces_prefix"),
                                       text_at(restore, "namespaces_suffix"));
  TRY_VOID(read_existing(restore, options));
  TRY(options.edits, edit_choices(restore));
  options.prune = member(restore, "prune") == true;
  TRY(options.status_types, type_set(restore, "status_resource_types"));
  TRY(options.modifiers, Modifiers::parse(text_at(restore, "modifiers")));
  TRY(options.storage_class_map, string_map(restore, "storage_class_map"));
  TRY(options.volume_order, parse_volume_order(restore));
  return options;
}

Result<LabelSelector> label_selector_in(const Json& document) {
  TRY(const auto labels, string_map(document, "label_selector"));
  LabelSelector selector;
  for (const auto& [key, values] : labels) selector[key] = split_commas(values);
  return selector;
}

bool matches(const LabelSelector& selector, const Json& labels) {
  return std::all_of(selector.begin(), selector.end(), [&](const auto& wanted) {
    const Json& value = member(labels, wanted.first);
    return value.is_string() && wanted.second.contains(value.get_ref<const std::string&>());
  });
}

bool names_type(const std::set<std::string>& names, const std::string& group_resource) {
  return names.contains(group_resource) ||
         names.contains(group_resource.substr(0, group_resource.find('.')));
}

bool includes_type(const Options& options, const std::string& group_resource) {
  if (names_type(options.exclude_types, group_resource)) return false;
  return options.include_types.empty() || names_type(options.include_types, group_resource);
}

}  // namespace salvor::restore
