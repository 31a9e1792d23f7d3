#include "repo/root_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "repo/snapshot_saver.h"
#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

class RootFolderTest : public ::testing::Test {
 protected:
  RootFolder root_of(const std::string& path, const SaveOptions& options) {
    const auto made =
        save_snapshot(scene_.context, scene_.repository, scene_.source.path(),
                      {.path = path, .hostname = "h", .username = "u", .tags = {}}, options);
    EXPECT_TRUE(made.ok());
    tree_ = made->snapshot.tree();
    const Index index = scene_.repository.load_index(scene_.context).value();
    return root_folder(scene_.context, scene_.repository, index, made->snapshot).value();
  }

  testing::Scene scene_;
  Id tree_;
};

TEST_F(RootFolderTest, IsFoundWithItsMetadata) {
  scene_.source.write("file", "x");
  ASSERT_EQ(::chmod(scene_.source.path().c_str(), 02751), 0);

  const RootFolder root = root_of("/ns/claim", {.root_name = "claim"});

  ASSERT_TRUE(root.node);
  EXPECT_EQ(root.node->mode, 02751U);
  EXPECT_NE(root.tree, tree_);
  ASSERT_TRUE(scene_.restore(root.tree).ok());
  EXPECT_EQ(scene_.target.read("file"), "x");
}

TEST_F(RootFolderTest, IsTheTreeItselfOtherwise) {
  scene_.source.write("other/file", "x");

  const RootFolder root = root_of("/ns/claim", {});

  EXPECT_FALSE(root.node);
  EXPECT_EQ(root.tree, tree_);
}

TEST_F(RootFolderTest, IsNotTakenForOneOfSeveral) {
  scene_.source.write("claim/file", "x");
  scene_.source.write("file", "x");

  EXPECT_EQ(root_of("/ns/claim", {}).tree, tree_);
}

}  // namespace
}  // namespace salvor::repo
