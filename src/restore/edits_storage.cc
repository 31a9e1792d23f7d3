// Edits of claims, volumes and classes.
#include "kube/quantity.h"
#include "restore/internal/edit_functions.h"

namespace salvor::restore::internal {
namespace {

constexpr const char* kOldClass = "volume.beta.kubernetes.io/storage-class";

void map_class(Json* value, const EditContext& context, Notes& notes) {
  if (value == nullptr || !value->is_string()) return;
  const std::string source = value->get<std::string>();
  const auto found = context.storage_class_map.find(source);
  if (found == context.storage_class_map.end()) return;
  *value = found->second;
  notes.push_back("storage class " + source + " became " + found->second);
}

void map_claim_class(Json& claim, const EditContext& context, Notes& notes) {
  map_class(find_path(claim, {"spec", "storageClassName"}), context, notes);
  map_class(find_path(claim, {"metadata", "annotations", kOldClass}), context, notes);
}

}  // namespace

void edit_claim(Json& object, const EditContext& context, Notes& notes) {
  erase_annotations(
      object, {"pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller",
               "volume.beta.kubernetes.io/storage-provisioner",
               "volume.kubernetes.io/storage-provisioner", "volume.kubernetes.io/selected-node",
               "volume.kubernetes.io/storage-resizer", "pv.kubernetes.io/migrated-to"});
  map_claim_class(object, context, notes);
  Json* spec = object_at(object, {"spec"});
  if (spec == nullptr) return;
  if (!context.keeps_volume) spec->erase("volumeName");
  const bool had_source = erase(spec, "dataSource");
  if (erase(spec, "dataSourceRef") || had_source)
    notes.push_back("the claim's old data source was left out");
  if (!context.keeps_volume && !context.is_filled)
    notes.push_back("recreated empty: this recovery point holds no volume data");
}

// A provisioner rounds up, and a volume may have been given more than was asked for.
void edit_claim_size(Json& object, const EditContext& context, Notes& notes) {
  Json* asked = find_path(object, {"spec", "resources", "requests", "storage"});
  const std::string had = text_at(member(member(object, "status"), "capacity"), "storage");
  if (asked == nullptr || !asked->is_string() || context.keeps_volume) return;
  const auto asked_bytes = kube::parse_quantity(asked->get<std::string>());
  const auto had_bytes = kube::parse_quantity(had);
  if (!asked_bytes || !had_bytes || *had_bytes <= *asked_bytes) return;
  notes.push_back("asks for " + had + ", the size of the old volume, instead of " +
                  asked->get<std::string>());
  *asked = had;
}

void edit_claim_templates(Json& object, const EditContext& context, Notes& notes) {
  Json* templates = list_at(object, {"spec", "volumeClaimTemplates"});
  if (templates == nullptr) return;
  for (Json& claim : *templates) {
    map_claim_class(claim, context, notes);
    erase(&claim, "status");
  }
}

// The claim will be found by name; the old claim's uid would keep the volume from any new one.
void edit_volume_claim(Json& object, const EditContext& context, Notes&) {
  erase_annotations(object, {"pv.kubernetes.io/bound-by-controller"});
  Json* claim = object_at(object, {"spec", "claimRef"});
  if (claim == nullptr) return;
  claim->erase("uid");
  claim->erase("resourceVersion");
  const std::string source = text_at(*claim, "namespace");
  if (!source.empty()) (*claim)["namespace"] = context.namespaces.target_of(source);
}

void edit_single_default_class(Json& object, const EditContext& context, Notes& notes) {
  if (!context.default_classes.contains(context.group_resource)) return;
  bool was_default = erase(&object, "globalDefault");
  Json* annotations = find_path(object, {"metadata", "annotations"});
  for (const char* name : {"storageclass.kubernetes.io/is-default-class",
                           "storageclass.beta.kubernetes.io/is-default-class",
                           "ingressclass.kubernetes.io/is-default-class"}) {
    was_default = erase(annotations, name) || was_default;
  }
  if (was_default) notes.push_back("not made the default: the target has one already");
}

}  // namespace salvor::restore::internal
