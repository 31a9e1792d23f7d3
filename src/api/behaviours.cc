#include "api/behaviour.h"

namespace salvor::api {

// Each in the file of its resource.
Behaviour api_keys();
Behaviour backup_instances();
Behaviour jobs();
Behaviour kube_backups();
Behaviour kube_clusters();
Behaviour kube_offloads();
Behaviour kube_restores();
Behaviour object_stores();

Behaviours all_behaviours() {
  return {
      {"apikeys", api_keys()},
      {"backupinstances", backup_instances()},
      {"jobs", jobs()},
      {"kubebackups", kube_backups()},
      {"kubeclusters", kube_clusters()},
      {"kubeoffloads", kube_offloads()},
      {"kuberestores", kube_restores()},
      {"objectstores", object_stores()},
  };
}

}  // namespace salvor::api
