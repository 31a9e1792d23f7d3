#include "repo/snapshot_saver.h"

#include <gtest/gtest.h>

#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

class SnapshotSaverTest : public ::testing::Test {
 protected:
  SavedSnapshot save(const std::string& host, std::optional<Id> parent = {}) {
    auto made = save_snapshot(
        scene_.context, scene_.repository, scene_.source.path(),
        {.path = "/ns/claim", .hostname = host, .username = "u", .tags = {}, .parent = parent},
        {.root_name = "claim"});
    EXPECT_TRUE(made.ok());
    return *std::move(made);
  }
  static std::string parent_of(const SavedSnapshot& saved) {
    return text_at(saved.snapshot.json(), "parent");
  }

  testing::Scene scene_;
};

TEST_F(SnapshotSaverTest, GoesOnFromTheNewestOfItsHostAndPath) {
  scene_.source.write("file", "x");
  save("one");
  const SavedSnapshot second = save("one");

  const SavedSnapshot third = save("one");

  EXPECT_EQ(parent_of(third), second.snapshot.id().hex());
  EXPECT_EQ(third.folder.counts.files_unmodified, 1U);
  EXPECT_EQ(third.snapshot.count("total_bytes_processed"), 1U);
}

TEST_F(SnapshotSaverTest, GoesOnFromTheOneThatIsNamed) {
  scene_.source.write("file", "x");
  const SavedSnapshot first = save("one");
  save("one");

  const SavedSnapshot third = save("two", first.snapshot.id());

  EXPECT_EQ(parent_of(third), first.snapshot.id().hex());
  EXPECT_EQ(third.folder.counts.files_unmodified, 1U);
}

TEST_F(SnapshotSaverTest, GoesOnFromTheNewestWhenTheNamedOneIsGone) {
  const SavedSnapshot first = save("one");

  EXPECT_EQ(parent_of(save("one", Id{})), first.snapshot.id().hex());
}

}  // namespace
}  // namespace salvor::repo
