#include "archive/layout.h"

#include <gtest/gtest.h>

namespace salvor::archive {
namespace {

const ItemName kDeployment{"deployments.apps", "v1", "shop", "web"};
const ItemName kNode{"nodes", "v1", "", "n1"};

TEST(Layout, NamesTheObjectsOfABackup) {
  EXPECT_EQ(description_object("b1"), "backups/b1/velero-backup.json");
  EXPECT_EQ(tarball_object("b1"), "backups/b1/b1.tar.gz");
  EXPECT_EQ(companion_object("b1", "logs.gz"), "backups/b1/b1-logs.gz");
}

TEST(Layout, PlacesBothCopiesOfAnItem) {
  EXPECT_EQ(item_path(kDeployment), "resources/deployments.apps/namespaces/shop/web.json");
  EXPECT_EQ(preferred_item_path(kDeployment),
            "resources/deployments.apps/v1-preferredversion/namespaces/shop/web.json");
  EXPECT_EQ(item_path(kNode), "resources/nodes/cluster/n1.json");
}

TEST(Layout, PlacesCopiesInOtherVersions) {
  const ItemName older{"deployments.apps", "v1beta1", "shop", "web"};
  const ItemName node{"nodes", "v2", "", "n1"};
  EXPECT_EQ(version_item_path(older),
            "resources/deployments.apps/v1beta1/namespaces/shop/web.json");

  EXPECT_EQ(parse_item_path(version_item_path(older)).value(), older);
  EXPECT_EQ(parse_item_path(version_item_path(node)).value(), node);
}

TEST(Layout, FindsTheItemOfAFirstCopyOnly) {
  EXPECT_EQ(parse_item_path(item_path(kDeployment)).value(),
            (ItemName{"deployments.apps", "", "shop", "web"}));
  EXPECT_EQ(parse_item_path(item_path(kNode)).value(), (ItemName{"nodes", "", "", "n1"}));
  EXPECT_FALSE(parse_item_path(preferred_item_path(kDeployment)).value());
  EXPECT_FALSE(parse_item_path(preferred_item_path(kNode)).value());
}

TEST(Layout, ReadsPathsOfATarballThatWasPackedAgain) {
  EXPECT_TRUE(parse_item_path("./" + item_path(kNode)).value());
}

TEST(Layout, IgnoresOtherFiles) {
  for (const char* path :
       {"metadata/version", "README", "resources/pods/cluster/a.yaml",
        "resources/pods/cluster/.json", "resources/pods/other/a.json", "other/pods/cluster/a.json",
        "resources/pods/namespaces/a.json", "resources/pods/v1/other/a.json",
        "resources/pods/v1/v2/cluster/a.json", "resources/pods/v1/cluster/a/b.json"}) {
    EXPECT_FALSE(parse_item_path(path).value()) << path;
  }
}

TEST(Layout, RefusesPathsThatLeadOut) {
  for (const char* path :
       {"/resources/pods/cluster/a.json", "../a", "resources/../a", "resources/pods/cluster/..", "",
        "resources//cluster/a.json", "a/", "resources/./a", "././a"}) {
    EXPECT_EQ(parse_item_path(path).error().code, ErrorCode::corrupt) << path;
  }
}

TEST(Layout, KnowsUnsafeNames) {
  EXPECT_TRUE(is_safe(kDeployment));
  EXPECT_TRUE(is_safe({"clusterroles.rbac.authorization.k8s.io", "v1", "", "system:node..x"}));
  EXPECT_FALSE(is_safe({"pods", "v1", "a/b", "c"}));
  EXPECT_FALSE(is_safe({"pods", "v1", "..", "c"}));
  EXPECT_FALSE(is_safe({"pods", "v1", "a", "../c"}));
  EXPECT_FALSE(is_safe({"pods", "v1", "a", ""}));
  EXPECT_FALSE(is_safe({"pods", "", "a", "b"}));
  EXPECT_FALSE(is_safe({"", "v1", "a", "b"}));
}

}  // namespace
}  // namespace salvor::archive
