// Restores of claims whose data the recovery point has, or has not.
#include "restore/claim_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backup/leftovers.h"
#include "restore/testing/bench.h"
#include "restore/testing/objects.h"
#include "volume/marks.h"
#include "volume/testing/fake_movers.h"

namespace salvor::restore {
namespace {

using testing::Bench;
using ::testing::HasSubstr;
using testing::json;
using testing::Life;
using testing::object;
using volume::testing::FakeMovers;
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
    point_ = point;
    return bench.add_job(bench.add_restore(point, restore));
  }
  std::string add_with_data(const Json& restore = Json::object()) {
    return add({{"driver", kDriver}, {"snapshot_handle", kHandle}, {"restore_size", kSize}},
               restore);
  }
  Json row(const std::string& job) { return bench.row(job, "PersistentVolumeClaim", "data"); }

  Bench bench;
  Target target{bench.clock};
  std::string point_;  // the last that was added
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

TEST_F(ClaimDataTest, IsMissedOnlyWhereThereWasAVolume) {
  const std::string job = add({{"driver", kDriver}, {"phase", "Pending"}});

  bench.run(job, target.cluster);

  EXPECT_EQ(bench.job(job)["state"], "COMPLETED");
  EXPECT_EQ(row(job)["reason"], "CREATED");
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
  ASSERT_TRUE(backup::remove_leftovers(bench.context, *bench.catalog, target.cluster, {}).ok());
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

class CopiedDataTest : public ClaimDataTest {
 protected:
  CopiedDataTest() { bench.movers = {.image = "salvor:test"}; }

  std::string add_copied(const Json& restore = Json::object(), const Json& more = Json::object()) {
    Json row = {{"offload_recover_point_id", std::string(64, 'c')}, {"restore_size", kSize}};
    row.update(more);
    const std::string job = add(row, restore);
    bench.set_point(point_, {{"type", "COPY"}, {"objectstore", "5f80d0a8f281487d59c69f60"}});
    return job;
  }
  // Volumes, claims and Jobs of the movers' namespace.
  static std::size_t left_of_movers(Target& target) {
    target.storage.settle();
    target.cluster.settle();
    std::size_t count = 0;
    for (const Json& object : target.cluster.everything()) {
      const bool is_theirs = text_at(object["metadata"], "namespace") == "salvor-movers";
      const std::string kind = text_at(object, "kind");
      count += is_theirs && (kind == "Job" || kind == "Secret" || kind == "PersistentVolumeClaim" ||
                             kind == "Pod")
                   ? 1
                   : 0;
    }
    return count;
  }
  static Json volume_of(Target& target, const Json& claim) {
    const std::string name = text_at(claim["spec"], "volumeName");
    return target.cluster.peek("persistentvolumes", {"", name}).value_or(Json());
  }
};

TEST_F(CopiedDataTest, IsMovedIntoAVolumeBeforeTheClaimIsThere) {
  FakeMovers movers(target.cluster, target.storage);
  bool was_there = false;
  movers.report = [&, usual = movers.report](const Json& order) {
    was_there = target.claim().has_value();
    return usual(order);
  };
  const std::string job = add_copied();

  bench.run(job, target.cluster);

  EXPECT_EQ(bench.job(job)["state"], "COMPLETED") << bench.job(job)["message"];
  EXPECT_THAT(text_at(row(job), "message"), HasSubstr("filled from copy cccccccc"));
  EXPECT_FALSE(was_there);
  ASSERT_EQ(movers.done.size(), 1U);
  EXPECT_EQ(movers.done[0]["restore"]["snapshot"], std::string(64, 'c'));
  const Json claim = *target.claim();
  EXPECT_EQ(claim["status"]["phase"], "Bound");
  EXPECT_EQ(volume_of(target, claim)["spec"]["persistentVolumeReclaimPolicy"], "Delete");
  EXPECT_EQ(left_of_movers(target), 0U);
}

TEST_F(CopiedDataTest, GoesIntoAClassOfAnotherDriver) {
  const FakeMovers movers(target.cluster, target.storage);
  const std::string job = add_copied({{"storage_class_map", {{"fast", "plain"}}}});

  bench.run(job, target.cluster);

  EXPECT_EQ(bench.job(job)["state"], "COMPLETED") << row(job);
  EXPECT_EQ((*target.claim())["spec"]["storageClassName"], "plain");
}

TEST_F(CopiedDataTest, ThatIsNotWholeMakesTheItemPartial) {
  FakeMovers movers(target.cluster, target.storage);
  movers.report = [](const Json&) {
    return Json{{"state", "done"}, {"problem_count", 1}, {"problems", {"/a: a pack is damaged"}}};
  };
  const std::string job = add_copied();

  bench.run(job, target.cluster);

  EXPECT_EQ(bench.job(job)["state"], "PARTIAL");
  EXPECT_EQ(row(job)["reason"], "VOLUME_NOT_WHOLE");
  EXPECT_THAT(text_at(row(job), "message"), HasSubstr("/a: a pack is damaged"));
}

TEST_F(CopiedDataTest, OfACopyThatIsNotWholeIsRestoredAndNamed) {
  const FakeMovers movers(target.cluster, target.storage);
  const std::string job = add_copied(
      Json::object(),
      {{"num_missing_files", 2}, {"missing_files", {"a/b: Permission denied", "c: Input"}}});

  bench.run(job, target.cluster);

  EXPECT_EQ(bench.job(job)["state"], "PARTIAL");
  EXPECT_EQ(row(job)["reason"], "VOLUME_NOT_WHOLE");
  EXPECT_EQ(text_at(row(job), "message"),
            "2 files could not be read whole when it was copied; a/b: Permission denied; c: Input");
  EXPECT_EQ((*target.claim())["status"]["phase"], "Bound");
}

TEST_F(CopiedDataTest, OfACopyThatIsNotWholeIsForetold) {
  const std::string job =
      add_copied(Json::object(), {{"num_missing_files", 1}, {"missing_files", {"a: b"}}});
  bench.set_job(job, {{"type", "RESTORE_PLAN"}});

  bench.run(job, target.cluster);

  Json planned;
  for (const Json& item : bench.plan_rows(job)) {
    if (item["kind"] == "PersistentVolumeClaim") planned = item;
  }
  EXPECT_EQ(planned["reason"], "VOLUME_NOT_WHOLE");
  EXPECT_THAT(text_at(planned, "message"), HasSubstr("1 file could not be read whole"));
}

TEST_F(CopiedDataTest, IsNotRestoredWithoutAnImageForMovers) {
  bench.movers = {};
  const std::string job = add_copied();

  bench.run(job, target.cluster);

  EXPECT_EQ(row(job)["reason"], "VOLUME_NOT_FILLED");
  EXPECT_THAT(text_at(row(job), "message"), HasSubstr("--mover-image"));
  EXPECT_FALSE(target.claim());
}

TEST_F(CopiedDataTest, OfAFailedMoverLeavesNoVolume) {
  FakeMovers movers(target.cluster, target.storage);
  movers.report = [](const Json&) {
    return Json{{"state", "failed"}, {"error", "wrong password"}};
  };
  const std::string job = add_copied();

  bench.run(job, target.cluster);

  EXPECT_EQ(row(job)["reason"], "VOLUME_NOT_FILLED");
  EXPECT_THAT(text_at(row(job), "message"), HasSubstr("wrong password"));
  EXPECT_FALSE(target.claim());
  EXPECT_EQ(left_of_movers(target), 0U);
}

TEST_F(CopiedDataTest, IsCountedWhileItIsMoved) {
  FakeMovers movers(target.cluster, target.storage);
  movers.rounds_until_done = 40;
  std::string job;
  Json seen, counted;
  movers.report = [&, usual = movers.report](const Json& order) {
    seen = bench.volumes(job)["data"];
    counted = bench.job(job)["kube_copy_progress"];
    return usual(order);
  };
  job = add_copied();

  bench.run(job, target.cluster);

  EXPECT_EQ(seen["state"], "ACTIVE");
  EXPECT_EQ(seen["op_type"], "RESTORE");
  EXPECT_EQ(seen["stats"]["io_size"], 500);
  EXPECT_EQ(seen["stats"]["estimated_size"], 1000);
  EXPECT_EQ(counted["active_pvs"], 1);
  EXPECT_EQ(counted["stats"]["io_size"], 500);
  const Json row = bench.volumes(job)["data"];
  EXPECT_EQ(row["state"], "COMPLETED");
  EXPECT_EQ(row["namespace"], "shop");
  EXPECT_GE(row["end_time"], row["start_time"]);
  EXPECT_EQ(bench.job(job)["kube_copy_progress"]["completed_pvs"], 1);
  EXPECT_EQ(bench.job(job)["kube_copy_progress"]["stats"]["io_size"], 1000);
}

TEST_F(CopiedDataTest, IsNotCountedWhereTheClaimIsThereAlready) {
  target.cluster.seed(object("v1", "PersistentVolumeClaim", "shop", "data"));
  const std::string job = add_copied();

  bench.run(job, target.cluster);

  EXPECT_EQ(bench.volumes(job)["data"]["state"], "SKIPPED");
  EXPECT_EQ(bench.job(job)["kube_copy_progress"]["total_pvs"], 0);
}

TEST_F(CopiedDataTest, FailsWhenItsMoverIsNotReadyInTime) {
  FakeMovers movers(target.cluster, target.storage);
  movers.obstacle = "ImagePullBackOff";
  const std::string job = add_copied({{"options", {{"mover_ready_timeout", "15s"}}}});
  const auto begun = bench.clock.elapsed();

  bench.run(job, target.cluster);

  EXPECT_EQ(bench.job(job)["state"], "PARTIAL");
  EXPECT_EQ(row(job)["reason"], "VOLUME_NOT_FILLED");
  EXPECT_THAT(text_at(row(job), "message"), HasSubstr("did not start: ImagePullBackOff: no such"));
  EXPECT_LT(bench.clock.elapsed() - begun, std::chrono::seconds(40));
  EXPECT_EQ(bench.volumes(job)["data"]["state"], "FAILED");
  EXPECT_THAT(text_at(bench.volumes(job)["data"], "message"), HasSubstr("ImagePullBackOff"));
  EXPECT_EQ(bench.job(job)["kube_copy_progress"]["failed_pvs"], 1);
  EXPECT_FALSE(target.claim());
  EXPECT_EQ(left_of_movers(target), 0U);
}

TEST_F(CopiedDataTest, IsMovedOnceWhereverTheProcessDies) {
  bool is_over = false;
  for (std::size_t last = 0; !is_over; ++last) {
    ASSERT_LT(last, 300U) << "it never came to its end";
    Target fresh(bench.clock);
    const FakeMovers movers(fresh.cluster, fresh.storage);
    const std::string job = add_copied();
    Life life(last);
    bench.run(job, fresh.cluster, {.life = &life});
    is_over = !life.is_dead();

    if (life.is_dead()) bench.run(job, fresh.cluster);

    ASSERT_EQ(bench.job(job)["state"], "COMPLETED") << last << row(job);
    const Json claim = *fresh.claim();
    ASSERT_EQ(claim["status"]["phase"], "Bound") << last;
    ASSERT_EQ(volume_of(fresh, claim)["spec"]["persistentVolumeReclaimPolicy"], "Delete") << last;
    ASSERT_EQ(left_of_movers(fresh), 0U) << last;
    ASSERT_EQ(movers.done.size(), 1U) << last;
    ASSERT_EQ(bench.volumes(job).size(), 1U) << last;
    ASSERT_EQ(bench.volumes(job)["data"]["state"], "COMPLETED") << last;
  }
}

TEST_F(CopiedDataTest, HasItsPasswordNowhereButInTheMoversOrder) {
  const FakeMovers movers(target.cluster, target.storage);
  const std::string job = add_copied();

  bench.run(job, target.cluster);

  EXPECT_EQ(bench.job(job).dump().find("hidden-words"), std::string::npos);
  EXPECT_EQ(row(job).dump().find("hidden-words"), std::string::npos);
}

}  // namespace
}  // namespace salvor::restore
