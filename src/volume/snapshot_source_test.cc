#include "volume/snapshot_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "volume/testing/storage_world.h"

namespace salvor::volume::testing {
namespace {

using ::testing::HasSubstr;

constexpr Duration kMinute{std::chrono::minutes(1)};

class SnapshotSource : public StorageWorld {
 protected:
  SnapshotSource() { snapshotter.stored.insert("snap-1"); }

  Result<void> offer(const std::string& handle = "snap-1") {
    return offer_snapshot(context, cluster, {kDriver, handle}, as, restoring, {});
  }
  void add_claim_from_offer() {
    cluster.seed({{"apiVersion", "v1"},
                  {"kind", "PersistentVolumeClaim"},
                  {"metadata", {{"name", "restored"}, {"namespace", "shop"}}},
                  {"spec", {{"dataSource", snapshot_source(as.name)}}},
                  {"status", {{"phase", "Pending"}}}});
  }

  const kube::ObjectKey as{"shop", "salvor-restore-1"};
  const Mark restoring{MarkedBy::job, "5f80d0a8f281487d59c69aaa"};
};

TEST_F(SnapshotSource, FillsAClaimAndIsTakenAwayAgain) {
  ASSERT_TRUE(offer().ok());
  add_claim_from_offer();

  EXPECT_TRUE(wait_until_bound(context, cluster, {"shop", "restored"}, kMinute).ok());
  const auto staying = withdraw_used(context, cluster, restoring);

  ASSERT_TRUE(staying.ok()) << staying.error().describe();
  EXPECT_EQ(*staying, 0U);
  ASSERT_TRUE(remove_marked(context, cluster, restoring, Fate::kept, kMinute).ok());
  EXPECT_EQ(snapshots() + contents(), 0U);
  EXPECT_TRUE(snapshotter.stored.contains("snap-1"));
}

TEST_F(SnapshotSource, MayBeOfferedTwice) {
  ASSERT_TRUE(offer().ok());

  EXPECT_TRUE(offer().ok());
  EXPECT_EQ(contents(), 1U);
}

TEST_F(SnapshotSource, StaysAsLongAsItsClaimHasNoVolume) {
  snapshotter.unbound.insert("restored");
  ASSERT_TRUE(offer().ok());
  add_claim_from_offer();

  const auto staying = withdraw_used(context, cluster, restoring);

  ASSERT_TRUE(staying.ok());
  EXPECT_EQ(*staying, 1U);
  EXPECT_EQ(snapshots(), 1U);
}

TEST_F(SnapshotSource, SaysWhatTheStorageSays) {
  const auto offered = offer("snap-of-another-storage");

  ASSERT_FALSE(offered.ok());
  EXPECT_EQ(offered.error().code, ErrorCode::unavailable);
  EXPECT_THAT(offered.error().message, HasSubstr("no snapshot snap-of-another-storage"));
  EXPECT_LE(clock.elapsed(), kMinute);
}

TEST_F(SnapshotSource, DoesNotTouchASnapshotOfThatNameThatIsNotOurs) {
  cluster.seed({{"apiVersion", "snapshot.storage.k8s.io/v1"},
                {"kind", "VolumeSnapshot"},
                {"metadata", {{"name", as.name}, {"namespace", "shop"}}},
                {"spec", {{"source", {{"persistentVolumeClaimName", "data"}}}}}});

  const auto offered = offer();

  ASSERT_FALSE(offered.ok());
  EXPECT_EQ(offered.error().code, ErrorCode::conflict);
}

TEST_F(SnapshotSource, SaysTheLastEventOfAClaimThatGetsNoVolume) {
  add_claim_from_offer();
  snapshotter.unbound.insert("restored");
  cluster.seed({{"apiVersion", "v1"},
                {"kind", "Event"},
                {"metadata", {{"name", "e1"}, {"namespace", "shop"}}},
                {"involvedObject", {{"kind", "PersistentVolumeClaim"}, {"name", "restored"}}},
                {"reason", "ProvisioningFailed"},
                {"message", "the pool is full"},
                {"lastTimestamp", "2026-01-01T00:00:00Z"}});

  const auto bound = wait_until_bound(context, cluster, {"shop", "restored"}, kMinute);

  ASSERT_FALSE(bound.ok());
  EXPECT_THAT(bound.error().message, HasSubstr("ProvisioningFailed: the pool is full"));
  EXPECT_THAT(bound.error().hint, HasSubstr("kubectl describe pvc restored -n shop"));
}

}  // namespace
}  // namespace salvor::volume::testing
