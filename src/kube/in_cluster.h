// The access that a pod has to its own cluster through its service account.
// https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
#pragma once

#include <string>

#include "base/result.h"
#include "kube/cluster_access.h"

namespace salvor::kube {

// Where a pod finds itself told; the caller reads the environment.
struct InClusterPlace {
  std::string host;  // KUBERNETES_SERVICE_HOST
  std::string port;  // KUBERNETES_SERVICE_PORT
  std::string folder = "/var/run/secrets/kubernetes.io/serviceaccount";
};

// Fails with not_found when this is no pod or its service account's token is not mounted.
// The token is read when it is used, as it is renewed about hourly.
Result<ClusterAccess> in_cluster_access(const InClusterPlace& place);

}  // namespace salvor::kube
