#include "resources/all.h"

namespace salvor::resources {

// Each in the file of its path.
const schema::Resource& api_keys();
const schema::Resource& backup_instances();
const schema::Resource& jobs();
const schema::Resource& kube_backups();
const schema::Resource& kube_clusters();
const schema::Resource& kube_evidence();
const schema::Resource& kube_namespaces();
const schema::Resource& kube_offloads();
const schema::Resource& kube_pv_claims();
const schema::Resource& kube_pvc_progress();
const schema::Resource& kube_restore_items();
const schema::Resource& kube_restore_journal();
const schema::Resource& kube_restore_plan_items();
const schema::Resource& kube_restore_plans();
const schema::Resource& kube_restores();
const schema::Resource& kube_storage_classes();
const schema::Resource& object_stores();

const std::vector<const schema::Resource*>& all() {
  static const std::vector<const schema::Resource*> resources = {
      &kube_clusters(),        &kube_backups(),  &backup_instances(),   &kube_restores(),
      &kube_restore_items(),   &jobs(),          &kube_namespaces(),    &kube_pv_claims(),
      &kube_storage_classes(), &api_keys(),      &kube_restore_plans(), &kube_restore_plan_items(),
      &kube_restore_journal(), &object_stores(), &kube_offloads(),      &kube_pvc_progress(),
      &kube_evidence(),
  };
  return resources;
}

const schema::Resource* find(std::string_view path) {
  for (const schema::Resource* resource : all()) {
    if (resource->path == path) return resource;
  }
  return nullptr;
}

}  // namespace salvor::resources
