#include "backup/copy_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backup/removal.h"
#include "backup/testing/world.h"
#include "objectstore/memory.h"
#include "objectstore/testing/faulty.h"
#include "objectstore/testing/whole.h"
#include "restore/testing/mortal.h"
#include "volume/testing/fake_movers.h"

namespace salvor::backup::testing {
namespace {

using objectstore::testing::Names;
using objectstore::testing::names_in;
using restore::testing::Life;
using restore::testing::MortalApi;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kCopyJobId = "5f80d0a8f281487d59c69bbb";
const std::string kOffload = "5f80d0a511556131dd98aaaa";
const std::string kStore = "5f80d0a8f281487d59c69f60";

// A world with a recovery point of two snapshots, and an object store to copy it to.
class CopyJobTest : public ::testing::Test {
 protected:
  CopyJobTest() {
    world.fill();
    FakeJobRun run = world.job_run();
    EXPECT_EQ(world.run_to_end(run).outcome, jobs::Outcome::completed);
    source = world.points("READY").at(0).id;
    job["backup_inst"] = source;
    define(Json::object());
  }

  void define(const Json& fields) {
    Json offload = {{"name", "offsite"},
                    {"backupdef", kBackupId},
                    {"cluster", kClusterId},
                    {"offload_provider", {{"user_objectstore", kStore}}}};
    offload.update(fields);
    const std::vector<catalog::Change> changes = {
        catalog::RemoveAll{"kubeoffloads", {}}, catalog::Insert{"kubeoffloads", kOffload, offload}};
    ASSERT_TRUE(world.catalog->commit(world.context, {changes}).ok());
  }

  CopyPorts ports(Life& life) {
    CopyPorts made{world.ports(*world.store), {.image = "salvor:test"}, {}};
    made.backup.connect = [this, &life](Context&,
                                        const Json&) -> Result<std::unique_ptr<kube::Api>> {
      return std::unique_ptr<kube::Api>(std::make_unique<MortalApi>(world.cluster, life));
    };
    made.open_copies = [this](Context&, const std::string& store,
                              const std::string& cluster) -> Result<volume::CopyAccess> {
      EXPECT_EQ(store, kStore);
      EXPECT_EQ(cluster, kClusterId);
      volume::CopyAccess access;
      access.store = std::make_unique<objectstore::testing::FaultyStore>(*bucket);
      access.repository = {{"location", "s3:http://s3/bucket"}, {"password", "hidden-words"}};
      access.forget = [this](Context&, const std::vector<std::string>& snapshots) {
        forgotten.insert(forgotten.end(), snapshots.begin(), snapshots.end());
        return Result<void>();
      };
      if (!locks) return access;
      access.protect = [this](Context&, const std::vector<std::string>& snapshots,
                              EpochSeconds until) {
        locked = snapshots;
        locked_until = until;
        return Result<void>();
      };
      return access;
    };
    return made;
  }

  // A run of the job by a process that lives that long, and its end, if it came so far.
  jobs::JobEnd run(Life& life, FakeJobRun::Resumed resumed = FakeJobRun::Resumed::no) {
    FakeJobRun run(*world.catalog, world.context, kCopyJobId, job, resumed);
    if (life.is_dead()) return {};
    jobs::JobEnd end = copy_kind(ports(life)).run(run);
    job.update(run.fields());
    activity += run.all_activity();
    if (life.is_dead()) return end;
    EXPECT_TRUE(run.finish(end).ok());
    return end;
  }
  jobs::JobEnd run() {
    Life immortal;
    return run(immortal);
  }

  Json copied_point() {
    for (const catalog::Document& point : world.points("READY")) {
      if (point.body()["type"] != "COPY") continue;
      Json body = point.body();
      body["_id"] = point.id;
      return body;
    }
    return Json();
  }
  Json claim_of_copy(const std::string& name) {
    for (const Json& claim : world.rows("kubepvclaims")) {
      if (claim["name"] == name && claim["backupinst_id"] == copied_point()["_id"]) return claim;
    }
    return Json();
  }
  // What DELETE_BACKUP does with the copy.
  void remove_copy() {
    Life immortal;
    FakeJobRun removal(*world.catalog, world.context, kJobId,
                       {{"type", "DELETE_BACKUP"}, {"backup_inst", copied_point()["_id"]}});
    const jobs::JobEnd end = removal_kind(ports(immortal)).run(removal);
    EXPECT_EQ(end.outcome, jobs::Outcome::completed) << end.message;
  }
  std::size_t left_in_cluster() {
    world.snapshotter.settle();
    std::size_t count = 0;
    for (const Json& object : world.cluster.everything()) {
      const std::string kind = object["kind"];
      const bool is_ours = text_at(object["metadata"], "namespace") == "salvor-movers";
      count += kind == "Job" || kind == "VolumeSnapshot" ||
                       (is_ours && (kind == "Secret" || kind == "PersistentVolumeClaim"))
                   ? 1
                   : 0;
    }
    return count;
  }

  World world{{{"all_namespaces", true}}};
  volume::testing::FakeMovers movers{world.cluster, world.snapshotter};
  std::unique_ptr<objectstore::Store> bucket = objectstore::make_memory_store();
  std::vector<std::string> forgotten;
  bool locks = false;  // whether the object store does
  std::vector<std::string> locked{};
  EpochSeconds locked_until = 0;
  std::string source;
  std::string activity;
  Json job = {{"type", "K8S_COPY"}, {"offloaddef", kOffload}, {"cluster", kClusterId}};
};

TEST_F(CopyJobTest, MakesACopyOfObjectsAndVolumes) {
  const jobs::JobEnd end = run();

  EXPECT_EQ(end.outcome, jobs::Outcome::completed) << end.message;
  const Json point = copied_point();
  EXPECT_EQ(point["objectstore"], kStore);
  EXPECT_EQ(point["source_backupinst"], source);
  EXPECT_EQ(movers.done.size(), 2U);
  EXPECT_EQ(job["kube_copy_progress"]["completed_pvs"], 2);
  const std::string archive = point["archive"]["name"];
  EXPECT_THAT(names_in(*bucket, ""), Contains("backups/" + archive + "/" + archive + ".tar.gz"));
  EXPECT_EQ(left_in_cluster(), 0U);
  EXPECT_EQ(world.snapshotter.stored.size(), 2U);
}

TEST_F(CopyJobTest, SavesEachVolumeUnderItsOwnName) {
  run();

  std::set<std::string> paths;
  for (const Json& order : movers.done) paths.insert(order["save"]["path"]);
  EXPECT_EQ(paths, (std::set<std::string>{"/shop/shop-claim", "/other/other-claim"}));
}

TEST_F(CopyJobTest, RemovesTheSnapshotsRecoveryPointUnlessToldNotTo) {
  run();
  EXPECT_EQ(world.rows("jobs").size(), 1U);

  define({{"delete_snapshots", false}});
  job.erase("copy");
  ASSERT_TRUE(world.catalog->commit(world.context, {{catalog::RemoveAll{"jobs", {}}}}).ok());
  run();
  EXPECT_THAT(world.rows("jobs"), IsEmpty());
}

TEST_F(CopyJobTest, IsPartialAndKeepsTheSnapshotsWhenAVolumeCannotBeCopied) {
  movers.report = [usual = movers.report](const Json& order) {
    if (order["save"]["path"] == "/other/other-claim")
      return Json{{"state", "failed"}, {"error", "no route to the bucket"}};
    return usual(order);
  };

  const jobs::JobEnd end = run();

  EXPECT_EQ(end.outcome, jobs::Outcome::partial);
  EXPECT_THAT(end.message, HasSubstr("other/other-claim: the mover failed: no route"));
  EXPECT_THAT(world.rows("jobs"), IsEmpty());
  EXPECT_EQ(left_in_cluster(), 0U);
}

TEST_F(CopyJobTest, GoesOnWithoutAVolumeWhoseMoverIsNotReadyInTime) {
  movers.obstacle = "ImagePullBackOff";
  movers.obstacle_at = "-0";
  define({{"options", {{"mover_ready_timeout", "15s"}}}});
  const auto begun = world.clock.elapsed();

  const jobs::JobEnd end = run();

  EXPECT_EQ(end.outcome, jobs::Outcome::partial);
  EXPECT_THAT(end.message, HasSubstr("the mover did not start: ImagePullBackOff: no such image"));
  EXPECT_EQ(job["kube_copy_progress"]["failed_pvs"], 1);
  EXPECT_EQ(job["kube_copy_progress"]["completed_pvs"], 1);
  EXPECT_LT(world.clock.elapsed() - begun, std::chrono::seconds(50));
  EXPECT_EQ(left_in_cluster(), 0U);
}

TEST_F(CopyJobTest, KeepsAndNamesAVolumeWithFilesThatCouldNotBeRead) {
  movers.report = [usual = movers.report](const Json& order) {
    Json report = usual(order);
    if (order["save"]["path"] != "/other/other-claim") return report;
    report["snapshot"] = std::string(64, 'b');
    report["problem_count"] = 3;
    report["problems"] = {"a/b: opening: Permission denied", "c: reading: Input/output error"};
    return report;
  };

  const jobs::JobEnd end = run();

  EXPECT_EQ(end.outcome, jobs::Outcome::partial);
  EXPECT_THAT(end.message, HasSubstr("other/other-claim: 3 files could not be read whole; a/b: "));
  EXPECT_EQ(copied_point()["num_errors"], 1);
  EXPECT_EQ(job["kube_copy_progress"]["completed_pvs"], 2);
  const Json claim = claim_of_copy("other-claim");
  EXPECT_EQ(claim["num_missing_files"], 3);
  EXPECT_EQ(claim["missing_files"].size(), 2U);
  EXPECT_FALSE(claim_of_copy("shop-claim").contains("num_missing_files"));
  EXPECT_THAT(world.rows("jobs"), IsEmpty()) << "the snapshot stays";

  remove_copy();

  EXPECT_THAT(forgotten, Contains(std::string(64, 'b')));
}

TEST_F(CopyJobTest, TakesANewSnapshotFirstWhenItIsToldTo) {
  job.erase("backup_inst");
  job["run_backup"] = true;
  job["backupdef"] = kBackupId;

  const jobs::JobEnd end = run();

  EXPECT_EQ(end.outcome, jobs::Outcome::completed) << end.message;
  EXPECT_EQ(world.points("READY").size(), 3U);
  EXPECT_NE(copied_point()["source_backupinst"], source);
}

TEST_F(CopyJobTest, FailsAndLeavesNothingWhenTheBucketIsFull) {
  bucket = objectstore::make_memory_store();
  Life immortal;
  CopyPorts broken = ports(immortal);
  std::vector<std::unique_ptr<objectstore::Store>> inner_stores;
  broken.open_copies = [&, inner = broken.open_copies](
                           Context& context, const std::string& store,
                           const std::string& cluster) -> Result<volume::CopyAccess> {
    TRY(volume::CopyAccess access, inner(context, store, cluster));
    inner_stores.push_back(std::move(access.store));
    auto full = std::make_unique<objectstore::testing::FaultyStore>(*inner_stores.back());
    full->script({.operation = objectstore::testing::Operation::finish,
                  .effect = objectstore::testing::Effect::disk_full});
    access.store = std::move(full);
    return access;
  };
  FakeJobRun run(*world.catalog, world.context, kCopyJobId, job);

  const jobs::JobEnd end = copy_kind(broken).run(run);
  ASSERT_TRUE(run.finish(end).ok());

  EXPECT_EQ(end.outcome, jobs::Outcome::failed);
  EXPECT_THAT(end.message, HasSubstr("copying the archive"));
  EXPECT_EQ(forgotten.size(), 2U);
  EXPECT_EQ(copied_point(), Json());
  EXPECT_EQ(left_in_cluster(), 0U);
}

TEST_F(CopyJobTest, IsLockedUntilItsRetentionEndsInAStoreThatLocks) {
  locks = true;
  job["retention"] = {{"retainDays", 7}};

  const jobs::JobEnd end = run();

  ASSERT_EQ(end.outcome, jobs::Outcome::completed) << end.message;
  const Json point = copied_point();
  EXPECT_EQ(point["status"]["locked"], true);
  const EpochSeconds expiry = point["expiry_timestamp"];
  ASSERT_EQ(locked.size(), 2U);
  const auto names = names_in(*bucket, "backups/");
  EXPECT_EQ(names.size(), names_in(*bucket, "").size());
  for (const std::string& name : names) {
    const EpochSeconds until = bucket->stat(world.context, name)->locked_until;
    EXPECT_LE(until, expiry) << name;
    EXPECT_GT(until, expiry - 600) << name;
    EXPECT_EQ(until, locked_until) << name;
  }
}

TEST_F(CopyJobTest, GoesOnWhenItDiedAfterItLockedTheArchive) {
  locks = true;
  job["retention"] = {{"retainDays", 7}};
  Life first;
  FakeJobRun died(*world.catalog, world.context, kCopyJobId, job);
  ASSERT_EQ(copy_kind(ports(first)).run(died).outcome, jobs::Outcome::completed);
  job.update(died.fields());

  Life second;
  const jobs::JobEnd end = run(second, FakeJobRun::Resumed::yes);

  EXPECT_EQ(end.outcome, jobs::Outcome::completed) << end.message;
  EXPECT_EQ(copied_point()["status"]["locked"], true);
  EXPECT_EQ(movers.done.size(), 2U);
}

TEST_F(CopyJobTest, IsRefusedWithoutARetentionInAStoreThatLocks) {
  locks = true;

  const jobs::JobEnd end = run();

  EXPECT_EQ(end.outcome, jobs::Outcome::failed);
  EXPECT_THAT(end.message, HasSubstr("retention.retainDays"));
  EXPECT_THAT(names_in(*bucket, ""), IsEmpty());
}

TEST_F(CopyJobTest, NeverShowsThePassword) {
  const jobs::JobEnd end = run();

  EXPECT_THAT(activity + end.message + job.dump() + copied_point().dump(),
              Not(HasSubstr("hidden-words")));
  for (const Json& row : world.rows("kubepvcprogress"))
    EXPECT_THAT(row.dump(), Not(HasSubstr("hidden-words")));
}

TEST_F(CopyJobTest, GoesOnWhereverTheProcessDies) {
  movers.report = [usual = movers.report](const Json& order) {
    Json report = usual(order);
    report["problem_count"] = order["save"]["path"] == "/other/other-claim" ? 1 : 0;
    return report;
  };
  bool is_over = false;
  for (std::size_t last = 0; !is_over; ++last) {
    ASSERT_LT(last, 200U) << "it never came to its end";
    job = {{"type", "K8S_COPY"},
           {"offloaddef", kOffload},
           {"cluster", kClusterId},
           {"backup_inst", source}};
    for (const char* resource : {"kubepvcprogress", "jobs"}) {
      ASSERT_TRUE(world.catalog->commit(world.context, {{catalog::RemoveAll{resource, {}}}}).ok());
    }
    ASSERT_TRUE(world.catalog
                    ->commit(world.context,
                             {{catalog::RemoveAll{"backupinstances",
                                                  schema::equals("backup_job_id", kCopyJobId)}}})
                    .ok());
    movers.done.clear();
    Life life(last);
    run(life);
    is_over = !life.is_dead();
    Life next;
    if (!is_over) run(next, FakeJobRun::Resumed::yes);

    ASSERT_EQ(copied_point()["source_backupinst"], source) << "died at event " << last;
    ASSERT_EQ(movers.done.size(), 2U) << "died at event " << last;
    ASSERT_EQ(left_in_cluster(), 0U) << "died at event " << last;
    ASSERT_EQ(claim_of_copy("other-claim")["num_missing_files"], 1) << "died at event " << last;
  }
}

}  // namespace
}  // namespace salvor::backup::testing
