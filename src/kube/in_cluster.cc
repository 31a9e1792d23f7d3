#include "kube/in_cluster.h"

#include <fstream>
#include <iterator>

namespace salvor::kube {
namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Result<ClusterAccess> in_cluster_access(const InClusterPlace& place) {
  if (place.host.empty() || place.port.empty()) {
    return error(ErrorCode::not_found, "this is not a pod: KUBERNETES_SERVICE_HOST is not set")
        .with_hint("give a kubeconfig");
  }
  ClusterAccess access;
  const bool is_ipv6 = place.host.find(':') != std::string::npos;
  access.server = "https://" + (is_ipv6 ? "[" + place.host + "]" : place.host) + ":" + place.port;
  access.tls.ca_pem = contents(place.folder + "/ca.crt");
  access.namespace_name = contents(place.folder + "/namespace");
  const std::string token_path = place.folder + "/token";
  if (access.tls.ca_pem.empty() || contents(token_path).empty()) {
    return error(ErrorCode::not_found,
                 "no service account is mounted in " + place.folder + " (ca.crt and token)")
        .with_hint("set automountServiceAccountToken: true for this pod, or give a kubeconfig");
  }
  access.identity = TokenFile{token_path};
  return access;
}

}  // namespace salvor::kube
