#include "server/connect.h"

#include "kube/http_api.h"
#include "kube/kubeconfig.h"
#include "server/version.h"

namespace salvor::server {
namespace {

Result<kube::ClusterAccess> access_to(const Json& cluster, const Sealer& sealer,
                                      const kube::InClusterPlace& place) {
  if (member(cluster, "in_cluster") == true) return kube::in_cluster_access(place);
  const std::string stored = text_at(cluster, "kubeconfig");
  if (stored.empty()) {
    return error(ErrorCode::invalid, "cluster " + text_at(cluster, "name") + " has no kubeconfig")
        .with_hint("set its field kubeconfig, or in_cluster when the server runs inside it");
  }
  TRY(const std::string kubeconfig, sealer.open(stored));
  return kube::parse_kubeconfig(kubeconfig, {}, "");
}

}  // namespace

Connect connector(Sealer sealer, kube::InClusterPlace place) {
  return [sealer = std::move(sealer), place = std::move(place)](
             Context&, const Json& cluster) -> Result<std::unique_ptr<kube::Api>> {
    TRY(kube::ClusterAccess access, access_to(cluster, sealer, place));
    TRY(std::unique_ptr<kube::Api> api,
        kube::HttpApi::connect(std::move(access), {.version = kVersion}));
    return api;
  };
}

Result<void> check_kubeconfig(const std::string& kubeconfig) {
  TRY_VOID(kube::parse_kubeconfig(kubeconfig, {}, ""));
  return {};
}

}  // namespace salvor::server
