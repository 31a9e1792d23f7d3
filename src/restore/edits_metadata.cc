// Edits of what every object has: finalizers and the marks of kubectl.
#include <algorithm>
#include <array>

#include "restore/internal/edit_functions.h"

namespace salvor::restore::internal {
namespace {

// Put back by the controllers of every cluster, so they are taken off.
constexpr std::array<std::string_view, 7> kBuiltIn = {
    "kubernetes.io/pvc-protection",
    "kubernetes.io/pv-protection",
    "service.kubernetes.io/load-balancer-cleanup",
    "foregroundDeletion",
    "orphan",
    "kubernetes",
    "batch.kubernetes.io/job-tracking",
};

// "example.com" of "db.example.com": what a vendor owns, and so what ties a finalizer to a group.
std::string vendor_of(const std::string& domain) {
  const std::size_t last = domain.rfind('.');
  if (last == std::string::npos || last == 0) return domain;
  const std::size_t before = domain.rfind('.', last - 1);
  return before == std::string::npos ? domain : domain.substr(before + 1);
}

bool is_built_in(const std::string& finalizer) {
  return std::find(kBuiltIn.begin(), kBuiltIn.end(), finalizer) != kBuiltIn.end();
}

// Whether somebody in the target will take the finalizer off again: its vendor's kinds are there.
bool has_owner(const std::string& finalizer, const std::set<std::string>& groups) {
  const std::string vendor = vendor_of(finalizer.substr(0, finalizer.find('/')));
  return std::any_of(groups.begin(), groups.end(),
                     [&](const std::string& group) { return vendor_of(group) == vendor; });
}

}  // namespace

void edit_finalizers(Json& object, const EditContext& context, Notes& notes) {
  Json* metadata = find_path(object, {"metadata"});
  Json* finalizers = find_path(object, {"metadata", "finalizers"});
  if (finalizers == nullptr || !finalizers->is_array()) return;
  Json kept = Json::array();
  for (const Json& finalizer : *finalizers) {
    if (!finalizer.is_string() || is_built_in(finalizer)) continue;
    if (has_owner(finalizer, context.known_groups)) {
      kept.push_back(finalizer);
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

// The next `kubectl apply` compares with this annotation, so it must speak of the new namespace.
void edit_last_applied(Json& object, const EditContext& context, Notes&) {
  constexpr const char* name = "kubectl.kubernetes.io/last-applied-configuration";
  Json* annotation = find_path(object, {"metadata", "annotations", name});
  if (annotation == nullptr || !annotation->is_string() || context.namespaces.is_identity()) return;
  auto applied = parse_json(annotation->get_ref<const std::string&>());
  if (!applied.ok() || !applied->is_object()) return;
  Json* metadata = find_path(*applied, {"metadata"});
  if (metadata == nullptr) return;
  const std::string source = text_at(*metadata, "namespace");
  if (!context.namespaces.renames(source)) return;
  (*metadata)["namespace"] = context.namespaces.target_of(source);
  *annotation = compact(*applied) + "\n";
}

void edit_namespace_name(Json& object, const EditContext& context, Notes&) {
  Json* metadata = find_path(object, {"metadata"});
  if (metadata == nullptr) return;
  const std::string target = context.namespaces.target_of(text_at(*metadata, "name"));
  (*metadata)["name"] = target;
  Json* labels = find_path(object, {"metadata", "labels"});
  if (labels != nullptr && labels->contains("kubernetes.io/metadata.name")) {
    (*labels)["kubernetes.io/metadata.name"] = target;
  }
}

}  // namespace salvor::restore::internal
