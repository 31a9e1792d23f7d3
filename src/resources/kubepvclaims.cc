#include "resources/internal/fields.h"

namespace salvor::resources {

namespace {

// Clients list the volumes of a recovery point without paging.
constexpr std::uint64_t kPageSize = 1000;

}  // namespace

const Resource& kube_pv_claims() {
  static const Resource resource{
      .path = "kubepvclaims",
      .title = "Kubepvclaim",
      .doc = "A volume claim of a cluster or, with `backupinst_id`, of a recovery point.",
      .fields =
          {
              name_field(optional),
              owner_field(),
              tags_field(),
              {"namespace_name", string(), required, "The claim's namespace."},
              {"cluster_id", reference("kubeclusters"), required | indexed, "Its cluster."},
              {"backupinst_id", reference("backupinstances"), indexed, "Its recovery point."},
              {"restore_size", integer(0).by_default(0), optional, "Bytes a restore needs."},
              {"allocated_size", integer(0).by_default(0), optional, "Bytes it asked for."},
              {"driver", string(), optional, "Its CSI driver."},
              {"storage_class_name", string(), optional, "Its storage class."},
              {"volume_snapshot_class_name", string(), optional, "Class of its snapshot."},
              {"volume_type", string(), optional, "\"CSI\" or the volume plugin's name."},
              {"volume_mode", string(), optional, "Filesystem or Block."},
              {"phase", string(), optional, "Bound, Pending or Lost."},
              {"pv_name", string(), optional, "The persistent volume it was bound to."},
              {"volume_handle", string(), optional, "The volume's name in its storage."},
              {"snapshot_handle", string(), optional, "The snapshot's name in its storage."},
              {"snapshot_taken", boolean().by_default(false), optional,
               "Whether its data was taken."},
              {"offload_recover_point_id", string(), optional, "Its data in a copy."},
              {"num_missing_files", integer(0), optional,
               "Files that the copy lacks or has not whole."},
              {"missing_files", list(string()), optional,
               "The first of them, each with its reason."},
              {"zone_name", string(), optional, "Zone of the volume."},
              {"region_name", string(), optional, "Region of the volume."},
              {"k8s_uid", string(), optional, "Its UID in the cluster."},
          },
      .methods = read_methods,
      .page_size = kPageSize,
      .indexes = {{"cluster_id", "backupinst_id"}},
  };
  return resource;
}

}  // namespace salvor::resources
