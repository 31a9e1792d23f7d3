// Edits of what every object has: finalizers and the marks of kubectl.
#include <algorithm>
#include <array>

#include "restore/internal/edit_functions.h"
#include "restore/namespace_places.h"

namespace salvor::restore::internal {
namespace {

// Put back by the controllers of every cluster, so they are taken off.
constexpr std::array<std::string_view, 8> kBuiltIn = {
    "kubernetes.io/pvc-protection",
    "kubernetes.io/pv-protection",
    "service.kubernetes.io/load-balancer-cleanup",
    "foregroundDeletion",
    "orphan",
    "kubernetes",
    "batch.kubernetes.io/job-tracking",
    "customresourcecleanup.apiextensions.k8s.io",
};

// Domains that many projects share: there only a group's own name tells who is meant.
constexpr std::array<std::string_view, 3> kShared = {"k8s.io", "x-k8s.io", "kubernetes.io"};

// "example.com" of "db.example.com": what a vendor owns, and so what ties a finalizer to a group.
std::string vendor_of(const std::string& domain) {
  const std::size_t last = domain.rfind('.');
  if (last == std::string::npos || last == 0) return domain;
  const std::size_t before = domain.rfind('.', last - 1);
  return before == std::string::npos ? domain : domain.substr(before + 1);
}

template <typename List>
bool has(const List& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// Whether somebody in the target will take the finalizer off again: its vendor's kinds are there.
bool has_owner(const std::string& finalizer, const std::set<std::string>& groups) {
  const std::string domain = finalizer.substr(0, finalizer.find('/'));
  const std::string vendor = vendor_of(domain);
  return std::any_of(groups.begin(), groups.end(), [&](const std::string& group) {
    if (domain == group || domain.ends_with("." + group)) return true;
    return vendor_of(group) == vendor && !has(kShared, vendor);
  });
}

// Argo CD's and Flux's: https://fluxcd.io/flux/faq/ , on the labels of what they apply.
constexpr std::array<const char*, 3> kMarkLabels = {
    "kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/", "argocd.argoproj.io/"};

void strip_marks(Json& object, Notes& notes) {
  for (const char* holder : {"labels", "annotations"}) {
    Json* marks = object_at(object, {"metadata", holder});
    if (marks == nullptr) continue;
    std::vector<std::string> found;
    for (const auto& [name, value] : marks->items()) {
      for (const char* prefix : kMarkLabels) {
        if (name.starts_with(prefix)) found.push_back(name);
      }
    }
    for (const std::string& name : found) {
      marks->erase(name);
      notes.push_back("left out " + name + ", as asked for");
    }
  }
}

}  // namespace

void edit_finalizers(Json& object, const EditContext& context, Notes& notes) {
  Json* metadata = find_path(object, {"metadata"});
  Json* finalizers = list_at(object, {"metadata", "finalizers"});
  if (finalizers == nullptr || context.choices.finalizers == Finalizers::keep) return;
  const bool drops_all = context.choices.finalizers == Finalizers::drop;
  Json kept = Json::array();
  for (const Json& finalizer : *finalizers) {
    if (!finalizer.is_string() || has(kBuiltIn, finalizer)) continue;
    if (!drops_all && has_owner(finalizer, context.known_groups)) {
      kept.push_back(finalizer);
    } else if (drops_all) {
      notes.push_back("finalizer " + finalizer.get<std::string>() + " left out, as asked for");
    } else {
      notes.push_back("finalizer " + finalizer.get<std::string>() +
                      " left out: nobody in the target would remove it");
    }
  }
  if (kept.empty()) {
    metadata->erase("finalizers");
  } else {
    *finalizers = kept;
  }
}

// The next `kubectl apply` compares with this annotation, so it must speak of the new namespaces,
// wherever the object does.
void edit_last_applied(Json& object, const EditContext& context, Notes&) {
  constexpr const char* name = "kubectl.kubernetes.io/last-applied-configuration";
  Json* annotation = find_path(object, {"metadata", "annotations", name});
  if (annotation == nullptr || !annotation->is_string() || context.namespaces.is_identity()) return;
  auto applied = parse_json(annotation->get_ref<const std::string&>());
  if (!applied.ok() || !applied->is_object()) return;
  Json mapped = *applied;
  map_namespaces(mapped, context);
  if (mapped != *applied) *annotation = compact(mapped) + "\n";
}

void edit_namespace_places(Json& object, const EditContext& context, Notes&) {
  map_places(object, context.group_resource, context.namespaces);
}

// Argo CD knows its objects by "app:group/kind:namespace/name".
// https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/
void edit_tracking_id(Json& object, const EditContext& context, Notes& notes) {
  if (context.choices.gitops_marks == GitOpsMarks::strip) strip_marks(object, notes);
  Json* mark = find_path(object, {"metadata", "annotations", "argocd.argoproj.io/tracking-id"});
  if (mark == nullptr || !mark->is_string()) return;
  const std::string text = *mark;
  const std::size_t colon = text.rfind(':');
  const std::size_t slash = text.find('/', colon == std::string::npos ? 0 : colon);
  if (colon == std::string::npos || slash == std::string::npos) return;
  *mark = text.substr(0, colon + 1) +
          context.namespaces.target_of(text.substr(colon + 1, slash - colon - 1)) +
          text.substr(slash);
}

void edit_namespace_name(Json& object, const EditContext& context, Notes&) {
  Json* metadata = object_at(object, {"metadata"});
  if (metadata == nullptr) return;
  const std::string target = context.namespaces.target_of(text_at(*metadata, "name"));
  (*metadata)["name"] = target;
  Json* labels = object_at(object, {"metadata", "labels"});
  if (labels != nullptr && labels->contains("kubernetes.io/metadata.name")) {
    (*labels)["kubernetes.io/metadata.name"] = target;
  }
}

}  // namespace salvor::restore::internal
