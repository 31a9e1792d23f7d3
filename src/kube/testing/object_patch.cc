#include "kube/testing/object_patch.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kube/testing/refusals.h"

namespace salvor::kube {
namespace {

struct MergeKey {
  const char* list;
  const char* key;
};

// https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
constexpr MergeKey kMergeKeys[] = {
    {"containers", "name"},     {"initContainers", "name"},    {"env", "name"},
    {"volumes", "name"},        {"volumeMounts", "mountPath"}, {"conditions", "type"},
    {"ownerReferences", "uid"}, {"imagePullSecrets", "name"},  {"secrets", "name"},
};

const char* merge_key(const std::string& list, const Json& items) {
  if (list == "ports") {
    const bool of_container = !items.empty() && items.front().contains("containerPort");
    return of_container ? "containerPort" : "port";
  }
  const auto* found = std::find_if(std::begin(kMergeKeys), std::end(kMergeKeys),
                                   [&](const MergeKey& row) { return list == row.list; });
  return found == std::end(kMergeKeys) ? nullptr : found->key;
}

void merge_strategic(Json& target, const Json& patch);

void merge_item(Json& list, const Json& item, const char* key) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const Json& present) {
    return member(present, key) == member(item, key);
  });
  const bool is_delete = text_at(item, "$patch") == "delete";
  if (found == list.end()) {
    if (!is_delete) list.push_back(item);
    return;
  }
  if (is_delete) {
    list.erase(found);
    return;
  }
  merge_strategic(*found, item);
}

void merge_list(Json& target, const std::string& name, const Json& patch) {
  if (name == "finalizers") {
    for (const Json& item : patch) {
      if (std::find(target.begin(), target.end(), item) == target.end()) target.push_back(item);
    }
    return;
  }
  const char* key = merge_key(name, patch);
  const bool replaces = std::any_of(patch.begin(), patch.end(), [](const Json& item) {
    return text_at(item, "$patch") == "replace";
  });
  if (key == nullptr || replaces || !target.is_array()) {
    target = patch;
    return;
  }
  for (const Json& item : patch) merge_item(target, item, key);
}

void merge_member(Json& target, const std::string& name, const Json& value) {
  if (value.is_null()) {
    target.erase(name);
    return;
  }
  if (!target.contains(name)) target[name] = value.is_array() ? Json::array() : Json();
  if (value.is_array()) {
    merge_list(target[name], name, value);
    return;
  }
  merge_strategic(target[name], value);
}

void merge_strategic(Json& target, const Json& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object() || text_at(patch, "$patch") == "replace") target = Json::object();
  for (const auto& [name, value] : patch.items()) {
    if (name != "$patch") merge_member(target, name, value);
  }
}

// The library throws on a failed test or a path that does not exist; this is its only caller.
Result<Json> apply_json_patch(const ResourceType& type, const Json& object, const Json& patch) {
  if (!patch.is_array()) return bad_request("a JSON patch is a list of operations");
  try {
    return object.patch(patch);
  } catch (const Json::exception& problem) {
    const std::string name = text_at(member(object, "metadata"), "name");
    return unacceptable(type, name, problem.what());
  }
}

}  // namespace

Result<Json> apply_patch(const ResourceType& type, const Json& object, PatchKind kind,
                         const Json& patch) {
  if (kind == PatchKind::json) return apply_json_patch(type, object, patch);
  if (!patch.is_object()) return bad_request("a merge patch is an object");
  Json patched = object;
  if (kind == PatchKind::merge) {
    patched.merge_patch(patch);
  } else {
    merge_strategic(patched, patch);
  }
  return patched;
}

}  // namespace salvor::kube
