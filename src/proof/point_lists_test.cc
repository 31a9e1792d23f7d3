#include "proof/point_lists.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "restore/testing/bench.h"

namespace salvor::proof {
namespace {

class PointListsTest : public ::testing::Test {
 protected:
  void insert(const std::string& resource, const Json& body) {
    ASSERT_TRUE(bench.catalog->commit(bench.context, {{catalog::Insert{resource, "", body}}}).ok());
  }

  restore::testing::Bench bench;
};

TEST_F(PointListsTest, ListsWhatIsOfThisRecoveryPointAlone) {
  const std::string point = bench.add_point({});
  insert("kubenamespaces", {{"name", "shop"}, {"backupinst_id", point}});
  insert("kubenamespaces", {{"name", "other"}, {"backupinst_id", "5f835618ceeabae22999d468"}});
  bench.add_claim_row(point, "shop", "data", {{"storage_class_name", "fast"}});

  const auto lists = load_lists(bench.context, *bench.catalog, {{"_id", point}});

  ASSERT_TRUE(lists.ok());
  EXPECT_EQ(lists->listed.namespaces, std::set<std::string>{"shop"});
  EXPECT_EQ(lists->listed.claims.at("shop/data"), (ClaimFacts{"fast", "pv-of-data"}));
  EXPECT_EQ(lists->claims.size(), 1U);
  EXPECT_FALSE(lists->listed.is_whole_cluster);
}

TEST_F(PointListsTest, VisitsRowsBeyondOnePage) {
  std::vector<catalog::Change> changes;
  for (int i = 0; i < 1001; ++i) {
    changes.emplace_back(
        catalog::Insert{"kubenamespaces", "", {{"name", "n"}, {"backupinst_id", "p"}}});
  }
  ASSERT_TRUE(bench.catalog->commit(bench.context, {changes}).ok());
  int rows = 0;

  const Result<void> visited = each_row(bench.context, *bench.catalog, "kubenamespaces",
                                        "backupinst_id", "p", [&](const catalog::Document&) {
                                          ++rows;
                                          return Result<void>();
                                        });

  EXPECT_TRUE(visited.ok());
  EXPECT_EQ(rows, 1001);
}

}  // namespace
}  // namespace salvor::proof
