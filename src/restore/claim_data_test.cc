// Restores of claims whose data the recovery point has, or has not.
#include "restore/claim_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backup/leftovers.h"
#include "restore/testing/bench.h"
#include "restore/testing/objects.h"
#include "volume/marks.h"
#include "volume/testing/fake_snapshotter.h"

namespace salvor::restore {
namespace {

using testing::Bench;
using ::testing::HasSubstr;
using testing::json;
using testing::Life;
using testing::object;
using volume::testing::FakeSnapshotter;
using volume::testing::kDriver;
using volume::testing::kinds_with_snapshots;

constexpr const char* kHandle = "snap-of-data";
constexpr std::uint64_t kSize = 2ULL << 30;

Json storage_class(const std::string& name, const std::string& provisioner) {
  return object("storage.k8s.io/v1", "StorageClass", "", name,
                Json{{"provisioner", provisioner}, {"volumeBindingMode", "Immediate"}});
}

// A cluster whose storage has the snapshot.
struct Target {
  explicit Target(Clock& clock) : cluster(clock, {.kinds = kinds_with_snapshots()}) {
    cluster.seed(object("storage.k8s.io/v1", "CSIDriver", "", kDriver));
    cluster.seed(storage_class("fast", kDriver));
    cluster.seed(storage_class("plain", "plain.csi.example"));
    cluster.seed(object("storage.k8s.io/v1", "CSIDriver", "", "plain.csi.example"));
    storage.stored.insert(kHandle);
  }
  std::optional<Json> claim(const std::string& space = "shop") const {
    return cluster.peek("persistentvolumeclaims", {space, "data"});
  }
  std::size_t offers() {
    storage.settle();
    std::size_t count = 0;
    for (const Json& object : cluster.everything()) {
      const std::string kind = text_at(object, "kind");
      count += kind == "VolumeSnapshot" || kind == "VolumeSnapshotContent" ? 1 : 0;
    }
    return count;
  }

  kube::FakeCluster cluster;
  FakeSnapshotter storage{cluster};
};

class ClaimDataTest : public ::testing::Test {
 protected:
  // A job that restores a claim with its namespace; `row`: what the catalog says of the claim.
  std::string add(const Json& row, const Json& restore = Json::object()) {
    const std::string point =
        bench.add_point({object("v1", "Namespace", "", "shop"),
                         object("v1", "PersistentVolumeClaim", "shop", "data",
                                json(R"({"spec": {"storageClassName": "fast", "volumeName": "old",
                                  "resources": {"requests": {"storage": "1Gi"}}}})"))});
    bench.add_claim_row(point, "shop", "data", row);
    return bench.add_job(bench.add_restore(point, restore));
  }
  std::string add_with_data(const Json& restore = Json::object()) {
    return add({{"driver", kDriver}, {"snapshot_handle", kHandle}, {"restore_size", kSize}},
               restore);
  }
  Json row(const std::string& job) { return bench.row(job, "PersistentVolumeClaim", "data"); }

  Bench bench;
  Target target{bench.clock};
};

TEST_F(ClaimDataTest, FillsAClaimFromItsSnapshot) {
  const std::string job = add_with_data();

  bench.run(job, target.cluster);

  EXPECT_EQ(bench.job(job)["state"], "COMPLETED");
  EXPECT_EQ(row(job)["reason"], "CREATED");
  EXPECT_THAT(text_at(row(job), "message"), HasSubstr("filled from snapshot snap-of-data"));
  const Json claim = *target.claim();
  EXPECT_EQ(claim["status"]["phase"], "Bound");
  EXPECT_EQ(claim["spec"]["dataSource"]["kind"], "VolumeSnapshot");
  EXPECT_EQ(claim["spec"]["resources"]["requests"]["storage"], std::to_string(kSize));
  EXPECT_EQ(target.offers(), 0U);
  EXPECT_TRUE(target.storage.stored.contains(kHandle));
}

TEST_F(ClaimDataTest, FillsAClaimInANamespaceOfAnotherName) {
  const std::string job = add_with_data({{"namespaces_map", {{"shop", "shop-copy"}}}});

  bench.run(job, target.cluster);

  EXPECT_EQ(bench.job(job)["state"], "COMPLETED");
  EXPECT_EQ((*target.claim("shop-copy"))["status"]["phase"], "Bound");
}

TEST_F(ClaimDataTest, SaysThatAClaimIsEmptyWhoseDataThePointHasNot) {
  const std::string job = add({{"driver", kDriver}});

  bench.run(job, target.cluster);

  EXPECT_EQ(bench.job(job)["state"], "PARTIAL");
  EXPECT_EQ(row(job)["reason"], "VOLUME_EMPTY");
  EXPECT_TRUE(target.claim());
}

TEST_F(ClaimDataTest, MakesEmptyClaimsOfABackupThatWasToldToTakeNoVolumes) {
  const std::string point =
      bench.add_point({object("v1", "Namespace", "", "shop"),
                       object("v1", "PersistentVolumeClaim", "shop", "data",
                              json(R"({"spec": {"storageClassName": "fast"}})"))});
  bench.add_claim_row(point, "shop", "data", Json::object());
  bench.set_point(point, {{"backup_selection", {{"snapshotPersistentVolumes", false}}}});
  const std::string job = bench.add_job(bench.add_restore(point));

  bench.run(job, target.cluster);

  EXPECT_EQ(bench.job(job)["state"], "COMPLETED");
  EXPECT_THAT(text_at(row(job), "message"), HasSubstr("recreated empty"));
}

TEST_F(ClaimDataTest, RefusesWhereTheDriverIsNotThere) {
  kube::FakeCluster other(bench.clock, {.kinds = kinds_with_snapshots()});
  const std::string job = add_with_data();

  bench.run(job, other);

  EXPECT_EQ(row(job)["reason"], "SNAPSHOT_UNUSABLE");
  EXPECT_THAT(text_at(row(job), "message"), HasSubstr("no CSI driver hostpath.csi.k8s.io"));
  EXPECT_FALSE(other.peek("persistentvolumeclaims", {"shop", "data"}));
}

TEST_F(ClaimDataTest, RefusesAClassOfAnotherDriver) {
  const std::string job = add_with_data({{"storage_class_map", {{"fast", "plain"}}}});

  bench.run(job, target.cluster);

  EXPECT_EQ(row(job)["reason"], "SNAPSHOT_UNUSABLE");
  EXPECT_THAT(text_at(row(job), "message"), HasSubstr("is of driver plain.csi.example"));
  EXPECT_FALSE(target.claim());
}

TEST_F(ClaimDataTest, MakesNoClaimWhenTheStorageHasLostTheSnapshot) {
  target.storage.stored.clear();
  const std::string job = add_with_data();

  bench.run(job, target.cluster);

  EXPECT_EQ(bench.job(job)["state"], "PARTIAL");
  EXPECT_EQ(row(job)["reason"], "VOLUME_NOT_FILLED");
  EXPECT_THAT(text_at(row(job), "message"), HasSubstr("no snapshot snap-of-data"));
  EXPECT_FALSE(target.claim());
  EXPECT_EQ(target.offers(), 0U);
}

TEST_F(ClaimDataTest, SaysThatAClaimHasNoVolumeYet) {
  target.storage.unbound.insert("data");
  const std::string job = add_with_data();

  bench.run(job, target.cluster);

  EXPECT_EQ(row(job)["reason"], "VOLUME_NOT_FILLED");
  EXPECT_THAT(text_at(row(job), "message"), HasSubstr("no volume was made for it in time"));
}

TEST_F(ClaimDataTest, LeavesAClaimThatIsThereAlone) {
  target.cluster.seed(object("v1", "PersistentVolumeClaim", "shop", "data"));
  const std::string job = add_with_data();

  bench.run(job, target.cluster);

  EXPECT_EQ(row(job)["reason"], "EXISTS");
  EXPECT_EQ(target.offers(), 0U);
}

TEST_F(ClaimDataTest, KeepsTheOfferForAClaimThatWaitsForItsFirstPod) {
  Json late = storage_class("fast", kDriver);
  late["volumeBindingMode"] = "WaitForFirstConsumer";
  target.cluster.seed(late);
  target.storage.unbound.insert("data");
  const std::string job = add_with_data();

  bench.run(job, target.cluster);
  EXPECT_EQ(bench.job(job)["state"], "COMPLETED");
  EXPECT_EQ(target.offers(), 2U);

  target.storage.unbound.clear();
  ASSERT_TRUE(backup::remove_leftovers(bench.context, *bench.catalog, target.cluster).ok());
  EXPECT_EQ(target.offers(), 0U);
  EXPECT_EQ((*target.claim())["status"]["phase"], "Bound");
}

TEST_F(ClaimDataTest, IsNotRestoredWithoutVolumes) {
  const std::string job = add_with_data(
      {{"selection", {{"all_namespaces", true}, {"restorePersistentVolumes", false}}}});

  bench.run(job, target.cluster);

  EXPECT_EQ(row(job)["reason"], "VOLUMES_EXCLUDED");
}

TEST_F(ClaimDataTest, IsFilledOnceWhereverTheProcessDies) {
  bool is_over = false;
  for (std::size_t last = 0; !is_over; ++last) {
    ASSERT_LT(last, 200U) << "it never came to its end";
    Target fresh(bench.clock);
    const std::string job = add_with_data();
    Life life(last);
    bench.run(job, fresh.cluster, {.life = &life});
    is_over = !life.is_dead();

    if (life.is_dead()) bench.run(job, fresh.cluster);

    ASSERT_EQ(bench.job(job)["state"], "COMPLETED") << "died at event " << last;
    ASSERT_EQ((*fresh.claim())["status"]["phase"], "Bound") << "died at event " << last;
    ASSERT_EQ(fresh.offers(), 0U) << "died at event " << last;
  }
}

TEST_F(ClaimDataTest, IsForetold) {
  const std::string empty = add({{"driver", kDriver}});
  bench.set_job(empty, {{"type", "RESTORE_PLAN"}});

  bench.run(empty, target.cluster);

  Json planned;
  for (const Json& item : bench.plan_rows(empty)) {
    if (item["kind"] == "PersistentVolumeClaim") planned = item;
  }
  EXPECT_EQ(planned["reason"], "VOLUME_EMPTY");
}

}  // namespace
}  // namespace salvor::restore
