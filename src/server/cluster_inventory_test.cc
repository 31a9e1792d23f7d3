#include "server/cluster_inventory.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "catalog/sqlite.h"
#include "kube/testing/fake_cluster.h"

namespace salvor::server {
namespace {

constexpr const char* kCluster = "5f80d09ff281487d59c69f5b";

class ClusterInventoryTest : public ::testing::Test {
 protected:
  ClusterInventoryTest() {
    char name[] = "/tmp/salvor-inventory-XXXXXX";
    path_ = mkdtemp(name);
    catalog_ = catalog::open_sqlite(context_, path_ + "/catalog.db").value();
  }
  ~ClusterInventoryTest() override {
    catalog_.reset();
    std::filesystem::remove_all(path_);
  }

  void take_stock() {
    auto changes = inventory_changes(context_, *catalog_, cluster_, kCluster);
    ASSERT_TRUE(changes.ok()) << changes.error().message;
    ASSERT_TRUE(catalog_->commit(context_, {std::move(*changes)}).ok());
  }
  std::vector<catalog::Document> rows(const std::string& resource) {
    return catalog_->find(context_, resource, {.limit = 1000}).value().documents;
  }
  void make_namespace(const std::string& name) {
    const kube::ResourceType type{"", "v1", "namespaces", "Namespace", false, {}};
    const Json body = {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}};
    ASSERT_TRUE(cluster_.create(context_, type, "", compact(body), {}).ok());
  }
  bool lists_namespace(const std::string& name) {
    for (const catalog::Document& row : rows("kubenamespaces")) {
      if (text_at(row.body(), "name") == name) return true;
    }
    return false;
  }

  Context context_ = background();
  std::string path_;
  std::unique_ptr<catalog::Catalog> catalog_;
  kube::FakeCluster cluster_{system_clock()};
};

TEST_F(ClusterInventoryTest, ListsAllThatIsThere) {
  make_namespace("shop");
  make_namespace("bank");

  take_stock();

  EXPECT_TRUE(lists_namespace("shop"));
  EXPECT_TRUE(lists_namespace("bank"));
}

TEST_F(ClusterInventoryTest, KeepsRowsOfUnchangedObjects) {
  make_namespace("shop");
  take_stock();

  const auto changes = inventory_changes(context_, *catalog_, cluster_, kCluster);

  EXPECT_TRUE(changes.value().empty());
}

TEST_F(ClusterInventoryTest, LeavesRowsOfRecoveryPointsAlone) {
  ASSERT_TRUE(
      catalog_
          ->commit(context_,
                   {{catalog::Insert{
                       "kubenamespaces",
                       "",
                       {{"name", "gone"}, {"cluster_id", kCluster}, {"backupinst_id", kCluster}}}}})
          .ok());

  take_stock();

  EXPECT_TRUE(lists_namespace("gone"));
}

}  // namespace
}  // namespace salvor::server
