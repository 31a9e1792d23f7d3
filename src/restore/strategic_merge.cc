#include "restore/strategic_merge.h"

#include <algorithm>
#include <array>

namespace salvor::restore {
namespace {

// Lists that are merged, by their field's name, and what tells their elements apart: the patch
// merge keys of https://kubernetes.io/docs/reference/generated/kubernetes-api/ . A second key
// stands for objects that lack the first.
struct ListKey {
  std::string_view field;
  std::string_view key;
  std::string_view otherwise = "";
};
constexpr auto kListKeys = std::to_array<ListKey>({
    {"containers", "name"},
    {"initContainers", "name"},
    {"ephemeralContainers", "name"},
    {"env", "name"},
    {"volumes", "name"},
    {"volumeMounts", "mountPath"},
    {"volumeDevices", "devicePath"},
    {"ports", "containerPort", "port"},
    {"imagePullSecrets", "name"},
    {"secrets", "name"},
    {"hostAliases", "ip"},
    {"topologySpreadConstraints", "topologyKey"},
    {"ownerReferences", "uid"},
    {"conditions", "type"},
    {"webhooks", "name"},
});
constexpr std::string_view kPatch = "$patch";
constexpr std::string_view kDeleteFrom = "$deleteFromPrimitiveList/";

// The key that all elements have; "" when the list is not merged by one.
std::string_view key_of(const std::string& field, const Json& live, const Json& patch) {
  const auto* const found = std::find_if(kListKeys.begin(), kListKeys.end(),
                                         [&](const ListKey& row) { return row.field == field; });
  if (found == kListKeys.end()) return "";
  for (const Json* list : {&live, &patch}) {
    for (const Json& entry : *list) {
      if (!entry.is_object()) return "";
      if (!found->otherwise.empty() && entry.contains(found->otherwise) &&
          !entry.contains(found->key))
        return found->otherwise;
    }
  }
  return found->key;
}

class Merging {
 public:
  Result<Json> objects(const Json& live, const Json& patch) {
    if (text_at(patch, kPatch) == "replace") return without_directives(patch);
    Json merged = live.is_object() ? live : Json::object();
    for (const auto& [field, value] : patch.items()) {
      if (field == kPatch) continue;
      if (field.starts_with(kDeleteFrom)) {
        delete_from(merged, field.substr(kDeleteFrom.size()), value);
      } else if (!field.starts_with("$")) {
        TRY_VOID(member_of(merged, field, value));
      }
    }
    return merged;
  }

 private:
  Result<void> member_of(Json& merged, const std::string& field, const Json& value) {
    if (value.is_null() || text_at(value, kPatch) == "delete") {
      merged.erase(field);
      return {};
    }
    const Json& live = member(merged, field);
    if (value.is_object()) {
      TRY(Json below, objects(live, value));
      merged[field] = std::move(below);
      return {};
    }
    if (value.is_array() && live.is_array()) {
      TRY(Json list, lists(field, live, value));
      merged[field] = std::move(list);
      return {};
    }
    merged[field] = value.is_array() ? elements_of(value) : value;
    return {};
  }

  Result<Json> lists(const std::string& field, const Json& live, const Json& patch) {
    const bool replaces = std::any_of(patch.begin(), patch.end(), [](const Json& entry) {
      return entry.size() == 1 && text_at(entry, kPatch) == "replace";
    });
    const std::string key(replaces ? "" : key_of(field, live, patch));
    if (key.empty()) return elements_of(patch);
    Json merged = live;
    for (const Json& entry : patch) {
      if (!entry.contains(key))
        return error(ErrorCode::invalid, "an element of " + field + " lacks its " + key);
      const auto same = std::find_if(merged.begin(), merged.end(), [&](const Json& there) {
        return member(there, key) == entry[key];
      });
      if (text_at(entry, kPatch) == "delete") {
        if (same != merged.end()) merged.erase(same);
      } else if (same == merged.end()) {
        merged.push_back(without_directives(entry));
      } else {
        TRY(*same, objects(*same, entry));
      }
    }
    return merged;
  }

  static void delete_from(Json& merged, const std::string& field, const Json& values) {
    const auto list = merged.find(field);
    if (list == merged.end() || !list->is_array() || !values.is_array()) return;
    Json kept = Json::array();
    for (const Json& entry : *list) {
      if (std::find(values.begin(), values.end(), entry) == values.end()) kept.push_back(entry);
    }
    *list = std::move(kept);
  }

  static Json elements_of(const Json& patch) {
    Json list = Json::array();
    for (const Json& entry : patch) {
      const bool is_directive = entry.size() == 1 && entry.is_object() && entry.contains(kPatch);
      if (!is_directive) list.push_back(without_directives(entry));
    }
    return list;
  }

  static Json without_directives(const Json& value) {
    if (!value.is_object()) return value;
    Json clean = Json::object();
    for (const auto& [field, below] : value.items()) {
      if (!field.starts_with("$")) clean[field] = below;
    }
    return clean;
  }
};

}  // namespace

Result<Json> strategic_merge(const Json& object, const Json& patch) {
  return Merging().objects(object, patch);
}

}  // namespace salvor::restore
