#include "backup/selection.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

namespace salvor::backup {
namespace {

// Up to here one list for each namespace and type is cheaper than to list the whole cluster and
// drop most of it, and it works with rights in these namespaces alone.
constexpr std::size_t kScopesMax = 8;

// A label's value is at most 63 letters, digits, '-', '_' and '.'; a key may have a prefix.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
constexpr std::size_t kLabelMax = 63;
constexpr std::size_t kKeyMax = 253 + 1 + 63;
constexpr std::string_view kLabelCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

struct SkippedType {
  std::string_view group;
  std::string_view resource;  // "*": all of the group
  std::string_view reason;
};
constexpr std::string_view kOwnState = "state of the cluster itself";
constexpr std::string_view kRuntime = "made anew by the cluster while it runs";
constexpr SkippedType kSkipped[] = {
    {"", "events", kRuntime},
    {"events.k8s.io", "*", kRuntime},
    {"", "nodes", kOwnState},
    {"", "componentstatuses", kOwnState},
    {"coordination.k8s.io", "*", "locks of running processes"},
    {"storage.k8s.io", "csinodes", kOwnState},
    {"storage.k8s.io", "volumeattachments", kOwnState},
    {"storage.k8s.io", "csistoragecapacities", kRuntime},
    {"resource.k8s.io", "resourceslices", kRuntime},
    {"networking.k8s.io", "ipaddresses", kRuntime},
    {"certificates.k8s.io", "certificatesigningrequests", "short-lived requests"},
    {"internal.apiserver.k8s.io", "*", kOwnState},
    {"storagemigration.k8s.io", "*", kOwnState},
    {"metrics.k8s.io", "*", "measurements"},
    {"custom.metrics.k8s.io", "*", "measurements"},
    {"external.metrics.k8s.io", "*", "measurements"},
    {"extensions", "*", "old name of types that have a group of their own"},
};

std::vector<std::string> split_values(const std::string& values) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= values.size();) {
    const std::size_t end = std::min(values.find(',', begin), values.size());
    const std::size_t first = values.find_first_not_of(' ', begin);
    std::string part = first < end ? values.substr(first, end - first) : "";
    while (part.ends_with(' ')) part.pop_back();
    parts.push_back(std::move(part));
    begin = end + 1;
  }
  return parts;
}

bool is_label_value(const std::string& value) {
  return value.size() <= kLabelMax &&
         value.find_first_not_of(kLabelCharacters) == std::string::npos;
}

bool is_label_key(const std::string& key) {
  std::string bare = key;
  std::erase(bare, '/');
  return !bare.empty() && key.size() <= kKeyMax && key.size() - bare.size() <= 1 &&
         bare.find_first_not_of(kLabelCharacters) == std::string::npos;
}

std::set<std::string> names_at(const Json& source, const char* field) {
  std::set<std::string> names;
  for (const Json& name : member(source, field)) {
    if (name.is_string() && !name.get_ref<const std::string&>().empty()) names.insert(name);
  }
  return names;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

Result<std::map<std::string, std::string>> parse_labels(const Json& source) {
  std::map<std::string, std::string> labels;
  const Json& given = member(source, "label_selector");
  if (!given.is_object()) return labels;
  for (const auto& [key, value] : given.items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : "";
    const std::vector<std::string> values = split_values(text);
    const bool is_valid = value.is_string() && is_label_key(key) &&
                          std::all_of(values.begin(), values.end(), is_label_value);
    if (!is_valid) {
      return error(ErrorCode::invalid, "no object can have the label \"" + key + "\" = \"" + text +
                                           "\" of the backup's label_selector")
          .with_hint("labels are letters, digits, '-', '_' and '.'; several values go \"a,b\"");
    }
    labels[key] = text;
  }
  return labels;
}

}  // namespace

bool Selection::takes_namespace(const std::string& name) const {
  if (name == own_namespace && !name.empty()) return false;
  if (excluded_namespaces.contains(name)) return false;
  return all_namespaces || namespaces.contains(name);
}

bool Selection::takes_type(const kube::ResourceType& type) const {
  return resources.empty() || resources.contains(type.resource) ||
         resources.contains(type.group_resource());
}

std::string Selection::label_selector() const {
  std::string selector;
  for (const auto& [key, value] : labels) {
    std::string values;
    for (const std::string& part : split_values(value)) {
      values += (values.empty() ? "" : ",") + part;
    }
    selector += (selector.empty() ? "" : ",") + key + " in (" + values + ")";
  }
  return selector;
}

std::vector<std::string> Selection::list_scopes() const {
  std::vector<std::string> scopes;
  if (all_namespaces) return {""};
  for (const std::string& name : namespaces) {
    if (takes_namespace(name)) scopes.push_back(name);
  }
  if (scopes.size() > kScopesMax) return {""};
  return scopes;
}

Result<Selection> parse_selection(const Json& source) {
  Selection selection;
  selection.all_namespaces = member(source, "all_namespaces") == Json(true);
  selection.namespaces = names_at(source, "namespaces");
  selection.excluded_namespaces = names_at(source, "excluded_namespaces");
  for (const std::string& name : names_at(source, "included_resources")) {
    selection.resources.insert(lower(name));
  }
  TRY(selection.labels, parse_labels(source));
  if (selection.all_namespaces) selection.namespaces.clear();
  if (selection.namespaces.empty() && !selection.all_namespaces) {
    const bool narrows = !selection.labels.empty() || !selection.excluded_namespaces.empty() ||
                         !selection.resources.empty();
    if (!narrows) {
      return error(ErrorCode::invalid, "the backup selects nothing")
          .with_hint("set source.all_namespaces, or name namespaces in source.namespaces");
    }
    selection.all_namespaces = true;
  }
  return selection;
}

std::string reason_to_skip(const kube::ResourceType& type) {
  for (const SkippedType& row : kSkipped) {
    if (row.group != type.group) continue;
    if (row.resource == "*" || row.resource == type.resource) return std::string(row.reason);
  }
  return {};
}

bool is_restorable(const kube::ResourceType& type) {
  return type.can("list") && type.can("get") && type.can("create");
}

}  // namespace salvor::backup
