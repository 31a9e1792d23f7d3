#include "volume/snapshot_taker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "restore/testing/mortal.h"
#include "volume/snapshot_classes.h"
#include "volume/snapshot_removal.h"
#include "volume/testing/storage_world.h"

namespace salvor::volume::testing {
namespace {

using ::testing::HasSubstr;

using SnapshotTaker = StorageWorld;

TEST_F(SnapshotTaker, KeepsSnapshotsAndRemovesTheObjectsOfTheNamespace) {
  const auto taken = take(both);

  ASSERT_TRUE(taken.ok()) << taken.error().describe();
  for (const TakenSnapshot& snapshot : *taken) {
    EXPECT_EQ(snapshot.state, TakeState::taken) << snapshot.problem;
    EXPECT_TRUE(snapshotter.stored.contains(snapshot.handle));
    EXPECT_EQ(snapshot.class_name, "fast");
    EXPECT_GT(snapshot.restore_size_bytes, 0U);
  }
  EXPECT_EQ(snapshots(), 0U);
  EXPECT_EQ(contents(), 2U);
  EXPECT_EQ(snapshotter.deleted, 0U);
  EXPECT_EQ(progress.back().taken, 2U);
}

TEST_F(SnapshotTaker, AsksForAllBeforeItWaitsForAny) {
  std::size_t most = 0;
  snapshotter.rounds_until_ready = 50;
  const auto note = [&](const TakeProgress&) -> Result<void> {
    most = std::max(most, snapshots());
    return {};
  };

  const auto taken =
      take_snapshots(context, cluster, both, {.job_id = kJob, .recovery_point_id = kPoint}, note);

  EXPECT_TRUE(taken.ok());
  EXPECT_EQ(most, 2U);
}

TEST_F(SnapshotTaker, SaysWhyAVolumeHasNoSnapshot) {
  const auto taken = take({{"shop", "data", ""}, {"shop", "logs", "other.csi.example"}});

  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->at(0).state, TakeState::skipped);
  EXPECT_EQ(taken->at(0).problem, "its volume is not of a CSI driver");
  EXPECT_EQ(taken->at(1).state, TakeState::skipped);
  EXPECT_THAT(taken->at(1).problem, HasSubstr("other.csi.example"));
  EXPECT_EQ(progress.back().skipped, 2U);
}

TEST_F(SnapshotTaker, SkipsAllWhereSnapshotsAreNotServed) {
  cluster.withdraw(snapshot_class_type().group_resource());

  const auto taken = take(both);

  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->at(0).state, TakeState::skipped);
  EXPECT_THAT(taken->at(0).problem, HasSubstr("does not serve"));
}

TEST_F(SnapshotTaker, GivesUpWhatItsStorageRefusesAndTakesTheOthers) {
  snapshotter.failures["data"] = "no space in the pool";

  const auto taken = take(both);

  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->at(0).state, TakeState::failed);
  EXPECT_EQ(taken->at(0).problem, "no space in the pool");
  EXPECT_EQ(taken->at(1).state, TakeState::taken);
  EXPECT_EQ(snapshots(), 0U);
  EXPECT_LT(clock.elapsed(), std::chrono::minutes(2));
}

TEST_F(SnapshotTaker, GivesUpWhatIsNeverReadyAndLeavesNothingOfIt) {
  snapshotter.rounds_until_ready = 1'000'000;

  const auto taken = take({both[0]});

  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->at(0).state, TakeState::failed);
  EXPECT_THAT(taken->at(0).problem, HasSubstr("not ready within 600 s"));
  ASSERT_TRUE(remove_marked(context, cluster, point, Fate::deleted, std::chrono::minutes(1)).ok());
  EXPECT_TRUE(snapshotter.stored.empty());
}

TEST_F(SnapshotTaker, DoesNotWaitLongWhereNobodyMakesSnapshots) {
  snapshotter.is_running = false;

  const auto taken = take({both[0]});

  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->at(0).problem, "no snapshot controller has taken it up");
  EXPECT_LT(clock.elapsed(), std::chrono::minutes(3));
  EXPECT_EQ(snapshots(), 0U);
}

TEST_F(SnapshotTaker, KeepsNothingOfAClassThatRetains) {
  snapshotter.rounds_until_ready = 1'000'000;
  snapshotter.add_class("a-retaining", "Retain");

  ASSERT_TRUE(take({both[0]}).ok());
  ASSERT_TRUE(remove_marked(context, cluster, point, Fate::deleted, std::chrono::minutes(1)).ok());

  EXPECT_EQ(contents(), 0U);
  EXPECT_TRUE(snapshotter.stored.empty());
}

TEST_F(SnapshotTaker, KeepsSnapshotsWhenTheNamespaceIsDeleted) {
  const auto taken = take(both);
  ASSERT_TRUE(taken.ok());

  const kube::ResourceType spaces{"", "v1", "namespaces", "Namespace", false};
  ASSERT_TRUE(cluster.remove(context, spaces, {"", "shop"}, {}).ok());
  cluster.settle();

  EXPECT_EQ(snapshotter.stored.size(), 2U);
}

TEST_F(SnapshotTaker, PrefersTheClassThatIsMarkedForBackups) {
  snapshotter.add_class("a-first");
  Json marked = *cluster.peek(snapshot_class_type().group_resource(), {"", "fast"});
  marked["metadata"]["labels"] = {{"velero.io/csi-volumesnapshot-class", "true"}};
  Json usual = *cluster.peek(snapshot_class_type().group_resource(), {"", "a-first"});
  usual["metadata"]["annotations"] = {{"snapshot.storage.kubernetes.io/is-default-class", "true"}};
  cluster.seed(usual);

  const auto by_default = SnapshotClasses::load(context, cluster);
  cluster.seed(marked);
  const auto by_mark = SnapshotClasses::load(context, cluster);

  ASSERT_TRUE(by_default.ok() && by_mark.ok());
  EXPECT_EQ(*by_default->of_driver(kDriver), "a-first");
  EXPECT_EQ(*by_mark->of_driver(kDriver), "fast");
}

// Each event in turn is the last of a process that dies; the next one clears up.
TEST_F(SnapshotTaker, LeavesNothingBehindWhereverItDies) {
  bool is_over = false;
  for (unsigned last = 0; !is_over; ++last) {
    ASSERT_LT(last, 100U) << "it never came to its end";
    kube::FakeCluster world(clock, {.kinds = kinds_with_snapshots()});
    FakeSnapshotter storage(world);
    storage.add_class("fast");
    restore::testing::Life life(last);
    restore::testing::MortalApi mortal(world, life);

    is_over = take_snapshots(context, mortal, both, {.job_id = kJob, .recovery_point_id = kPoint},
                             [](const TakeProgress&) { return Result<void>(); })
                  .ok();
    ASSERT_TRUE(remove_marked(context, world, job, Fate::deleted, std::chrono::minutes(1)).ok());

    EXPECT_TRUE(storage.stored.empty()) << "died after event " << last;
    EXPECT_EQ(storage.made, storage.deleted) << "died after event " << last;
  }
}

}  // namespace
}  // namespace salvor::volume::testing
