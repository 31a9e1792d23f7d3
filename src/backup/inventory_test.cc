#include "backup/inventory.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::backup {
namespace {

const std::string kCluster = "5f80d09ff281487d59c69f5b";
const std::string kPoint = "5f80d0a8f281487d59c69f5e";

// The rows of a resource, in the order of insertion.
std::vector<Json> rows_of(const Inventory& inventory, const std::string& resource) {
  std::vector<Json> rows;
  for (const catalog::Change& change : inventory.rows(kCluster, kPoint)) {
    const auto& insert = std::get<catalog::Insert>(change);
    if (insert.resource == resource) rows.push_back(insert.body);
  }
  return rows;
}

Json claim(const Json& spec, const Json& status = Json::object()) {
  return {{"metadata", {{"name", "data"}, {"namespace", "shop"}, {"uid", "u-1"}}},
          {"spec", spec},
          {"status", status}};
}

TEST(Inventory, ShowsANamespaceWithItsUid) {
  Inventory inventory;
  inventory.add("namespaces", {{"metadata", {{"name", "shop"}, {"uid", "u-1"}}}});

  EXPECT_EQ(rows_of(inventory, "kubenamespaces"),
            std::vector<Json>{Json({{"name", "shop"},
                                    {"k8s_uid", "u-1"},
                                    {"cluster_id", kCluster},
                                    {"backupinst_id", kPoint}})});
}

TEST(Inventory, ShowsAClaimWithItsVolume) {
  Inventory inventory;
  inventory.add("persistentvolumeclaims",
                claim({{"volumeName", "pv"},
                       {"storageClassName", "fast"},
                       {"resources", {{"requests", {{"storage", "50Mi"}}}}}},
                      {{"phase", "Bound"}, {"capacity", {{"storage", "64Mi"}}}}));
  inventory.add(
      "persistentvolumes",
      {{"metadata", {{"name", "pv"}, {"labels", {{"topology.kubernetes.io/zone", "z1"}}}}},
       {"spec", {{"csi", {{"driver", "d.csi"}, {"volumeHandle", "h"}}}}}});

  EXPECT_EQ(rows_of(inventory, "kubepvclaims"),
            std::vector<Json>{Json({{"name", "data"},
                                    {"namespace_name", "shop"},
                                    {"k8s_uid", "u-1"},
                                    {"phase", "Bound"},
                                    {"volume_mode", "Filesystem"},
                                    {"storage_class_name", "fast"},
                                    {"pv_name", "pv"},
                                    {"restore_size", 67108864},
                                    {"allocated_size", 52428800},
                                    {"snapshot_taken", false},
                                    {"driver", "d.csi"},
                                    {"volume_type", "CSI"},
                                    {"volume_handle", "h"},
                                    {"zone_name", "z1"},
                                    {"cluster_id", kCluster},
                                    {"backupinst_id", kPoint}})});
  EXPECT_EQ(inventory.volumes(), 1U);
  EXPECT_EQ(inventory.claimed_bytes(), 67108864U);
}

TEST(Inventory, TakesTheDriverOfAnUnboundClaimFromItsClass) {
  Inventory inventory;
  inventory.add(
      "persistentvolumeclaims",
      claim({{"storageClassName", "fast"}, {"resources", {{"requests", {{"storage", "1Gi"}}}}}}));
  inventory.add("storageclasses.storage.k8s.io",
                {{"metadata", {{"name", "fast"}}}, {"provisioner", "p.csi"}});

  const Json row = rows_of(inventory, "kubepvclaims").at(0);
  EXPECT_EQ(row["driver"], "p.csi");
  EXPECT_EQ(row["restore_size"], 1 << 30);
  EXPECT_EQ(row.count("volume_type"), 0U);
}

TEST(Inventory, NamesThePluginOfAVolumeWithoutCsi) {
  Inventory inventory;
  inventory.add("persistentvolumeclaims", claim({{"volumeName", "pv"}}));
  inventory.add("persistentvolumes",
                {{"metadata", {{"name", "pv"}}}, {"spec", {{"nfs", {{"server", "s"}}}}}});

  EXPECT_EQ(rows_of(inventory, "kubepvclaims").at(0)["volume_type"], "nfs");
}

TEST(Inventory, SurvivesOddObjects) {
  Inventory inventory;
  for (const char* type : {"namespaces", "persistentvolumes", "persistentvolumeclaims",
                           "storageclasses.storage.k8s.io"}) {
    EXPECT_TRUE(Inventory::wants(type));
    for (const Json& odd : {Json(), Json::object(), Json({{"spec", 7}, {"metadata", "x"}})}) {
      inventory.add(type, odd);
    }
  }
  EXPECT_FALSE(Inventory::wants("secrets"));
  EXPECT_FALSE(inventory.rows(kCluster, kPoint).empty());
}

}  // namespace
}  // namespace salvor::backup
