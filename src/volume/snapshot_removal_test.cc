#include "volume/snapshot_removal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "volume/testing/storage_world.h"

namespace salvor::volume::testing {
namespace {

using ::testing::HasSubstr;

constexpr Duration kMinute{std::chrono::minutes(1)};

class SnapshotRemoval : public StorageWorld {
 protected:
  // What the recovery point's two snapshots are in their storage.
  std::vector<StoredSnapshot> taken_snapshots() {
    std::vector<StoredSnapshot> stored;
    const auto taken = take(both);
    EXPECT_TRUE(taken.ok());
    for (const TakenSnapshot& snapshot : *taken) stored.push_back({kDriver, snapshot.handle});
    return stored;
  }
};

TEST_F(SnapshotRemoval, DeletesThemInTheirStorage) {
  const auto stored = taken_snapshots();

  const auto removed = remove_snapshots(context, cluster, point, stored, kMinute);

  ASSERT_TRUE(removed.ok()) << removed.error().describe();
  EXPECT_TRUE(snapshotter.stored.empty());
  EXPECT_EQ(contents(), 0U);
}

TEST_F(SnapshotRemoval, DeletesThoseWhoseContentIsGone) {
  const auto stored = taken_snapshots();
  for (const Json& object : cluster.everything()) {
    if (object["kind"] != "VolumeSnapshotContent") continue;
    ASSERT_TRUE(
        remove_content(context, cluster, text_at(object["metadata"], "name"), Fate::kept).ok());
  }
  ASSERT_TRUE(remove_marked(context, cluster, point, Fate::kept, kMinute).ok());
  ASSERT_EQ(snapshotter.stored.size(), 2U);
  ASSERT_EQ(contents(), 0U);

  const auto removed = remove_snapshots(context, cluster, point, stored, kMinute);

  ASSERT_TRUE(removed.ok()) << removed.error().describe();
  EXPECT_TRUE(snapshotter.stored.empty());
  EXPECT_EQ(contents(), 0U);
}

TEST_F(SnapshotRemoval, LeavesThoseOfOtherRecoveryPoints) {
  taken_snapshots();

  const Mark other{MarkedBy::recovery_point, "5f835618ceeabae22999d469"};
  ASSERT_TRUE(remove_snapshots(context, cluster, other, {}, kMinute).ok());

  EXPECT_EQ(snapshotter.stored.size(), 2U);
}

TEST_F(SnapshotRemoval, SaysThatTheyAreStillThereWhenNothingDeletesThem) {
  const auto stored = taken_snapshots();
  snapshotter.is_running = false;

  const auto removed = remove_snapshots(context, cluster, point, stored, kMinute);

  ASSERT_FALSE(removed.ok());
  EXPECT_EQ(removed.error().code, ErrorCode::unavailable);
  EXPECT_THAT(removed.error().message, HasSubstr("is still being deleted"));
}

TEST_F(SnapshotRemoval, HasNothingToDoWhereSnapshotsAreNotServed) {
  for (const kube::ResourceType* type : {&snapshot_type(), &content_type()}) {
    cluster.withdraw(type->group_resource());
  }

  EXPECT_TRUE(remove_marked(context, cluster, point, Fate::deleted, kMinute).ok());
}

}  // namespace
}  // namespace salvor::volume::testing
