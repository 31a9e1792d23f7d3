#include "restore/edits.h"

#include <array>

#include "base/check.h"
#include "restore/internal/edit_functions.h"

namespace salvor::restore {
namespace {

using internal::Notes;

// What a fenced object carries until it is released: an annotation of ours, so that nobody who
// looks at a suspended schedule has to guess, and so that a crash cannot leave it suspended
// unnoticed.
constexpr const char* kFence = "salvor.io/released-by-restore";

struct EditRow {
  Edit edit;
  std::string_view name;
  void (*run)(Json& object, const EditContext& context, Notes& notes);
  bool maps_namespaces = false;
};

constexpr auto kEdits = std::to_array<EditRow>({
    {Edit::finalizers, "finalizers", internal::edit_finalizers},
    {Edit::namespace_places, "namespace places", internal::edit_namespace_places, true},
    {Edit::tracking_id, "tracking id", internal::edit_tracking_id, true},
    {Edit::last_applied, "last-applied namespace", internal::edit_last_applied},
    {Edit::helm_release, "Helm release", internal::edit_helm_release},
    {Edit::namespace_name, "namespace name", internal::edit_namespace_name, true},
    {Edit::token_volumes, "token volumes", internal::edit_token_volumes},
    {Edit::claim, "claim", internal::edit_claim},
    {Edit::claim_size, "claim size", internal::edit_claim_size},
    {Edit::claim_templates, "claim templates", internal::edit_claim_templates},
    {Edit::volume_claim, "volume's claim", internal::edit_volume_claim, true},
    {Edit::job_selector, "job selector", internal::edit_job_selector},
    {Edit::suspend_job, "suspend job", internal::edit_suspend_job},
    {Edit::fence_schedule, "fence schedule", internal::edit_fence_schedule},
    {Edit::service_addresses, "service addresses", internal::edit_service_addresses},
    {Edit::service_name, "external name", internal::edit_service_name, true},
    {Edit::endpoint_targets, "endpoint targets", internal::edit_endpoint_targets, true},
    {Edit::subjects, "subjects", internal::edit_subjects, true},
    {Edit::aggregated_rules, "aggregated rules", internal::edit_aggregated_rules},
    {Edit::issued_token_data, "issued token data", internal::edit_issued_token_data},
    {Edit::account_secrets, "account secrets", internal::edit_account_secrets},
    {Edit::single_default_class, "single default class", internal::edit_single_default_class},
    {Edit::injected_bundles, "injected bundles", internal::edit_injected_bundles},
    {Edit::prepopulated_disk, "prepopulated disk", internal::edit_prepopulated_disk},
    {Edit::virtual_hardware, "virtual hardware", internal::edit_virtual_hardware},
    {Edit::install_plan, "install plan", internal::edit_install_plan},
    {Edit::ingress_hosts, "ingress hosts", internal::edit_ingress_hosts, true},
});

const EditRow& row_of(Edit edit) {
  const EditRow& row = kEdits[static_cast<std::size_t>(edit)];
  CHECK(row.edit == edit);
  return row;
}

void drop(Json& object, std::string_view pointer_text) {
  const Json::json_pointer pointer{std::string(pointer_text)};
  if (!object.contains(pointer)) return;
  object.at(pointer.parent_pointer()).erase(pointer.back());
}

}  // namespace

std::string_view to_string(Edit edit) { return row_of(edit).name; }

std::vector<std::string> apply(Edit edit, Json& object, const EditContext& context) {
  Notes notes;
  row_of(edit).run(object, context, notes);
  return notes;
}

std::vector<std::string> apply(const Rule& rule, Json& object, const EditContext& context) {
  Notes notes;
  for (const Rule* row : {&common_rule(), &rule}) {
    for (const Edit edit : row->edits) row_of(edit).run(object, context, notes);
    for (const std::string_view pointer : row->drops) drop(object, pointer);
  }
  const Json& metadata = member(object, "metadata");
  const std::string source = text_at(metadata, "namespace");
  if (!source.empty()) object["metadata"]["namespace"] = context.namespaces.target_of(source);
  return notes;
}

void drop_server_fields(Json& object) {
  for (const std::string_view pointer : common_rule().drops) {
    if (pointer != "/metadata/ownerReferences") drop(object, pointer);
  }
}

bool is_fenced(const Json& object) {
  return !text_at(member(member(object, "metadata"), "annotations"), kFence).empty();
}

Json release_patch() {
  return {{"metadata", {{"annotations", {{kFence, nullptr}}}}}, {"spec", {{"suspend", false}}}};
}

namespace internal {

void edit_fence_schedule(Json& object, const EditContext&, Notes&) {
  Json* spec = object_at(object, {"spec"});
  if (spec == nullptr || member(*spec, "suspend") == true) return;
  (*spec)["suspend"] = true;
  Json& annotations = object["metadata"]["annotations"];
  if (!annotations.is_object()) annotations = Json::object();
  annotations[kFence] = "true";
}

void map_namespaces(Json& object, const EditContext& context) {
  Notes ignored;
  for (const Rule* rule : {&common_rule(), &rule_for(context.group_resource)}) {
    for (const Edit edit : rule->edits) {
      if (row_of(edit).maps_namespaces) row_of(edit).run(object, context, ignored);
    }
  }
  Json* metadata = object_at(object, {"metadata"});
  if (metadata == nullptr) return;
  const std::string source = text_at(*metadata, "namespace");
  if (!source.empty()) (*metadata)["namespace"] = context.namespaces.target_of(source);
}

Json* find_path(Json& object, std::initializer_list<const char*> path) {
  Json* at = &object;
  for (const char* name : path) {
    if (!at->is_object()) return nullptr;
    const auto found = at->find(name);
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at;
}

Json* object_at(Json& object, std::initializer_list<const char*> path) {
  Json* found = find_path(object, path);
  return found != nullptr && found->is_object() ? found : nullptr;
}

Json* list_at(Json& object, std::initializer_list<const char*> path) {
  Json* found = find_path(object, path);
  return found != nullptr && found->is_array() ? found : nullptr;
}

bool erase(Json* object, const std::string& name) {
  return object != nullptr && object->is_object() && object->erase(name) > 0;
}

void erase_annotations(Json& object, std::initializer_list<const char*> names) {
  Json* annotations = object_at(object, {"metadata", "annotations"});
  if (annotations == nullptr) return;
  bool erased = false;
  for (const char* name : names) erased = erase(annotations, name) || erased;
  if (erased && annotations->empty()) object["metadata"].erase("annotations");
}

}  // namespace internal
}  // namespace salvor::restore
