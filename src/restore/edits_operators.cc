// Edits of custom resources whose operators would otherwise undo or double what is restored.
#include "restore/internal/edit_functions.h"

namespace salvor::restore::internal {

// The claim of that name is filled already.
// https://github.com/kubevirt/containerized-data-importer/blob/main/doc/datavolumes.md
void edit_prepopulated_disk(Json& object, const EditContext&, Notes& notes) {
  Json* metadata = object_at(object, {"metadata"});
  if (metadata == nullptr) return;
  Json& annotations = (*metadata)["annotations"];
  if (!annotations.is_object()) annotations = Json::object();
  annotations["cdi.kubevirt.io/storage.prePopulated"] = text_at(*metadata, "name");
  notes.push_back("marked as filled already, so that nothing is imported over its claim");
}

// In a renamed namespace the source's machine may run beside it.
// https://kubevirt.io/user-guide/network/interfaces_and_networks/
void edit_virtual_hardware(Json& object, const EditContext& context, Notes& notes) {
  const std::string space = text_at(member(object, "metadata"), "namespace");
  Json* domain = find_path(object, {"spec", "template", "spec", "domain"});
  if (domain == nullptr || !context.namespaces.renames(space)) return;
  bool erased = erase(find_path(*domain, {"firmware"}), "uuid");
  erased = erase(find_path(*domain, {"firmware"}), "serial") || erased;
  if (Json* interfaces = list_at(*domain, {"devices", "interfaces"})) {
    for (Json& interface : *interfaces) erased = erase(&interface, "macAddress") || erased;
  }
  if (erased) notes.push_back("gets new hardware addresses and a new identity, as a copy must");
}

void edit_install_plan(Json& object, const EditContext&, Notes&) {
  erase(find_path(object, {"spec"}), "installPlanRef");
  object.erase("status");
}

}  // namespace salvor::restore::internal
