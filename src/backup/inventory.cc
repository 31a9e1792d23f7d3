#include "backup/inventory.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kube/quantity.h"

namespace salvor::backup {
namespace {

constexpr const char* kNamespaces = "namespaces";
constexpr const char* kClaims = "persistentvolumeclaims";
constexpr const char* kVolumes = "persistentvolumes";
constexpr const char* kClasses = "storageclasses.storage.k8s.io";

// Members of a volume's spec that say what it is; exactly one is there.
// https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-v1/
constexpr const char* kVolumeTypes[] = {"awsElasticBlockStore",
                                        "azureDisk",
                                        "azureFile",
                                        "cephfs",
                                        "cinder",
                                        "fc",
                                        "flexVolume",
                                        "flocker",
                                        "gcePersistentDisk",
                                        "glusterfs",
                                        "hostPath",
                                        "iscsi",
                                        "local",
                                        "nfs",
                                        "photonPersistentDisk",
                                        "portworxVolume",
                                        "quobyte",
                                        "rbd",
                                        "scaleIO",
                                        "storageos",
                                        "vsphereVolume"};

const Json& metadata(const Json& object) { return member(object, "metadata"); }

std::string annotation(const Json& object, const char* name) {
  return text_at(member(metadata(object), "annotations"), name);
}

std::string label(const Json& object, const char* name) {
  return text_at(member(metadata(object), "labels"), name);
}

void set_text(Json& row, const char* field, const std::string& text) {
  if (!text.empty()) row[field] = text;
}

std::string first_of(const std::string& one, const std::string& other) {
  return one.empty() ? other : one;
}

}  // namespace

bool Inventory::wants(const std::string& group_resource) {
  return group_resource == kNamespaces || group_resource == kClaims || group_resource == kVolumes ||
         group_resource == kClasses;
}

void Inventory::add(const std::string& group_resource, const Json& object) {
  const std::string name = text_at(metadata(object), "name");
  if (group_resource == kNamespaces) namespaces_[name] = text_at(metadata(object), "uid");
  if (group_resource == kClasses) provisioners_[name] = text_at(object, "provisioner");
  if (group_resource == kClaims) add_claim(object);
  if (group_resource == kVolumes) add_volume(object);
}

void Inventory::add_claim(const Json& object) {
  const Json& spec = member(object, "spec");
  const Json& status = member(object, "status");
  Claim claim;
  claim.volume_name = text_at(spec, "volumeName");
  claim.class_name = first_of(text_at(spec, "storageClassName"),
                              annotation(object, "volume.beta.kubernetes.io/storage-class"));
  claim.provisioner = first_of(annotation(object, "volume.kubernetes.io/storage-provisioner"),
                               annotation(object, "volume.beta.kubernetes.io/storage-provisioner"));
  const auto asked =
      kube::parse_quantity(text_at(member(member(spec, "resources"), "requests"), "storage"));
  const auto given = kube::parse_quantity(text_at(member(status, "capacity"), "storage"));
  claim.size = given ? *given : asked.value_or(0);
  claim.row = {{"name", text_at(metadata(object), "name")},
               {"namespace_name", text_at(metadata(object), "namespace")},
               {"restore_size", claim.size},
               {"allocated_size", asked.value_or(0)},
               {"snapshot_taken", false}};
  set_text(claim.row, "k8s_uid", text_at(metadata(object), "uid"));
  set_text(claim.row, "phase", text_at(status, "phase"));
  set_text(claim.row, "volume_mode", first_of(text_at(spec, "volumeMode"), "Filesystem"));
  set_text(claim.row, "storage_class_name", claim.class_name);
  set_text(claim.row, "pv_name", claim.volume_name);
  claims_.push_back(std::move(claim));
}

void Inventory::add_volume(const Json& object) {
  const Json& spec = member(object, "spec");
  Volume volume;
  const Json& csi = member(spec, "csi");
  if (csi.is_object()) {
    volume.type = "CSI";
    volume.driver = text_at(csi, "driver");
    volume.handle = text_at(csi, "volumeHandle");
  }
  for (const char* type : kVolumeTypes) {
    if (member(spec, type).is_object()) volume.type = type;
  }
  if (volume.driver.empty()) {
    volume.driver = annotation(object, "pv.kubernetes.io/provisioned-by");
  }
  volume.zone = label(object, "topology.kubernetes.io/zone");
  volume.region = label(object, "topology.kubernetes.io/region");
  volumes_[text_at(metadata(object), "name")] = std::move(volume);
}

Json Inventory::claim_row(const Claim& claim) const {
  Json row = claim.row;
  std::string driver;
  if (const auto found = volumes_.find(claim.volume_name); found != volumes_.end()) {
    const Volume& volume = found->second;
    driver = volume.driver;
    set_text(row, "volume_type", volume.type);
    set_text(row, "volume_handle", volume.handle);
    set_text(row, "zone_name", volume.zone);
    set_text(row, "region_name", volume.region);
  }
  if (const auto found = provisioners_.find(claim.class_name);
      driver.empty() && found != provisioners_.end()) {
    driver = found->second;
  }
  set_text(row, "driver", first_of(driver, claim.provisioner));
  return row;
}

std::string Inventory::csi_driver_of(const Claim& claim) const {
  const auto found = volumes_.find(claim.volume_name);
  return found != volumes_.end() && found->second.type == "CSI" ? found->second.driver : "";
}

std::vector<volume::ClaimToTake> Inventory::bound_claims() const {
  std::vector<volume::ClaimToTake> claims;
  for (const Claim& claim : claims_) {
    // One that only names a volume has none yet.
    if (claim.volume_name.empty() || text_at(claim.row, "phase") != "Bound") continue;
    claims.push_back(
        {text_at(claim.row, "namespace_name"), text_at(claim.row, "name"), csi_driver_of(claim)});
  }
  return claims;
}

void Inventory::note_snapshot(const volume::ClaimToTake& claim,
                              const volume::TakenSnapshot& taken) {
  for (Claim& known : claims_) {
    if (text_at(known.row, "name") != claim.name ||
        text_at(known.row, "namespace_name") != claim.namespace_name) {
      continue;
    }
    known.row["snapshot_taken"] = true;
    known.row["snapshot_handle"] = taken.handle;
    known.row["volume_snapshot_class_name"] = taken.class_name;
    known.row["restore_size"] = std::max(known.size, taken.restore_size_bytes);
  }
}

std::vector<catalog::Change> Inventory::rows(const std::string& cluster_id,
                                             const std::string& recovery_point_id) const {
  std::vector<catalog::Change> changes;
  const auto insert = [&](const char* resource, Json row) {
    row["cluster_id"] = cluster_id;
    row["backupinst_id"] = recovery_point_id;
    changes.emplace_back(catalog::Insert{resource, "", std::move(row)});
  };
  for (const auto& [name, uid] : namespaces_) {
    Json row = {{"name", name}};
    set_text(row, "k8s_uid", uid);
    insert("kubenamespaces", std::move(row));
  }
  for (const Claim& claim : claims_) insert("kubepvclaims", claim_row(claim));
  return changes;
}

std::uint64_t Inventory::claimed_bytes() const {
  std::uint64_t bytes = 0;
  for (const Claim& claim : claims_) bytes += claim.size;
  return bytes;
}

}  // namespace salvor::backup
