#include "resources/internal/fields.h"

namespace salvor::resources {

const Resource& kube_storage_classes() {
  static const Resource resource{
      .path = "kubestorageclasses",
      .title = "Kubestorageclasse",
      .doc = "A storage class of a cluster.",
      .fields =
          {
              name_field(indexed),
              owner_field(),
              tags_field(),
              {"cluster_id", reference("kubeclusters"), required | indexed, "Its cluster."},
              {"provisioner", string(), optional, "Its driver."},
              {"parameters", map(string()), optional, "What it tells its driver."},
              {"reclaim_policy", string(), optional, "Delete or Retain."},
              {"mount_options", list(string()).by_default(Json::array()), optional,
               "How its volumes are mounted."},
              {"allow_volume_expansion", boolean().by_default(false), optional,
               "Whether its volumes can grow."},
              {"volume_binding_mode", string(), optional, "Immediate or WaitForFirstConsumer."},
              {"labels", map(string()), optional, "Its labels."},
              {"annotations", map(string()), optional, "Its annotations."},
              {"finalizers", list(string()).by_default(Json::array()), optional,
               "What holds back its removal."},
              {"k8s_uid", string(), optional, "Its UID in the cluster."},
          },
      .methods = read_methods,
      .indexes = {{"cluster_id", "name"}},
  };
  return resource;
}

}  // namespace salvor::resources
