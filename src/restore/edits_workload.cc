// Edits of pods and jobs.
#include <algorithm>
#include <array>
#include <set>

#include "restore/internal/edit_functions.h"
#include "restore/skip.h"

namespace salvor::restore::internal {
namespace {

// The volume that the API server adds to each pod: projected, with the account's token, the
// cluster's certificate and the namespace, in this order. Known by that whole shape, since users
// may choose such a name, or project a token of their own.
bool is_token_volume(const Json& volume) {
  constexpr std::array parts = {"serviceAccountToken", "configMap", "downwardAPI"};
  const Json& sources = member(member(volume, "projected"), "sources");
  if (!sources.is_array() || !text_at(volume, "name").starts_with("kube-api-access-")) return false;
  return std::equal(
      sources.begin(), sources.end(), parts.begin(), parts.end(),
      [](const Json& source, const char* part) { return member(source, part).is_object(); });
}

// The Secret that old clusters mounted into each pod: of the account's name and five random
// letters, and skipped by a restore.
bool is_issued_secret(const Json& volume, const std::string& account) {
  const std::string secret = text_at(member(volume, "secret"), "secretName");
  return !secret.empty() && text_at(volume, "name") == secret && is_issued_name(account, secret);
}

template <typename Predicate>
void erase_if(Json* list, Predicate predicate) {
  if (list == nullptr) return;
  Json kept = Json::array();
  for (Json& item : *list) {
    if (!predicate(item)) kept.push_back(std::move(item));
  }
  *list = std::move(kept);
}

void drop_keys(Json* map, const std::array<const char*, 2>& keys) {
  for (const char* key : keys) erase(map, key);
}

}  // namespace

void edit_token_volumes(Json& object, const EditContext&, Notes&) {
  std::set<std::string> dropped;
  std::string account = text_at(member(object, "spec"), "serviceAccountName");
  if (account.empty()) account = "default";
  erase_if(list_at(object, {"spec", "volumes"}), [&](const Json& volume) {
    if (!is_token_volume(volume) && !is_issued_secret(volume, account)) return false;
    dropped.insert(text_at(volume, "name"));
    return true;
  });
  if (dropped.empty()) return;
  for (const char* containers : {"containers", "initContainers"}) {
    Json* list = list_at(object, {"spec", containers});
    if (list == nullptr) continue;
    for (Json& container : *list) {
      erase_if(list_at(container, {"volumeMounts"}),
               [&](const Json& mount) { return dropped.contains(text_at(mount, "name")); });
    }
  }
}

// The control plane ties a job to its pods by the job's uid, in a selector that cannot be changed
// later; unless the user manages the selector, it is made anew.
void edit_job_selector(Json& object, const EditContext&, Notes&) {
  Json* spec = object_at(object, {"spec"});
  if (spec == nullptr || member(*spec, "manualSelector") == true) return;
  constexpr std::array keys = {"controller-uid", "batch.kubernetes.io/controller-uid"};
  drop_keys(find_path(object, {"metadata", "labels"}), keys);
  drop_keys(find_path(*spec, {"template", "metadata", "labels"}), keys);
  Json* labels = object_at(*spec, {"selector", "matchLabels"});
  drop_keys(labels, keys);
  if (labels == nullptr || labels->empty()) spec->erase("selector");
}

void edit_suspend_job(Json& object, const EditContext&, Notes& notes) {
  Json* spec = object_at(object, {"spec"});
  if (spec == nullptr || member(*spec, "suspend") == true) return;
  (*spec)["suspend"] = true;
  notes.push_back(
      "restored suspended, since it had not finished: set spec.suspend to false to run it");
}

}  // namespace salvor::restore::internal
