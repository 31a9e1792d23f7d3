#include "api/behaviour.h"

namespace salvor::api {

// Each in the file of its resource.
Behaviour api_keys();
Behaviour backup_instances();
Behaviour jobs();
Behaviour kube_backups();
Behaviour kube_clusters();
Behaviour kube_restores();

Behaviours all_behaviours() {
  return {
      {"apikeys", api_keys()},
      {"backupinstances", backup_instances()},
      {"jobs", jobs()},
      {"kubebackups", kube_backups()},
      {"kubeclusters", kube_clusters()},
      {"kuberestores", kube_restores()},
  };
}

}  // namespace salvor::api
