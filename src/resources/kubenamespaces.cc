#include "resources/internal/fields.h"

namespace salvor::resources {

const Resource& kube_namespaces() {
  static const Resource resource{
      .path = "kubenamespaces",
      .title = "Kubenamespace",
      .doc = "A namespace of a cluster or, with `backupinst_id`, of a recovery point.",
      .fields =
          {
              name_field(indexed),
              owner_field(),
              tags_field(),
              {"cluster_id", reference("kubeclusters"), required | indexed, "Its cluster."},
              {"backupinst_id", reference("backupinstances"), indexed, "Its recovery point."},
              {"k8s_uid", string(), optional, "Its UID in the cluster."},
          },
      .methods = read_methods,
      .indexes = {{"cluster_id", "backupinst_id"}},
  };
  return resource;
}

}  // namespace salvor::resources
