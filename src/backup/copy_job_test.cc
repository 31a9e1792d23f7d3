#include "backup/copy_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "archive/layout.h"
#include "archive/reader.h"
#include "archive/testing/backups.h"
#include "backup/testing/copy_world.h"
#include "objectstore/testing/whole.h"

namespace salvor::backup::testing {
namespace {

using restore::testing::Life;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using CopyJobTest = CopyWorld;

TEST_F(CopyJobTest, MakesACopyOfObjectsAndVolumes) {
  const jobs::JobEnd end = run();

  EXPECT_EQ(end.outcome, jobs::Outcome::completed) << end.message;
  const Json point = copied_point();
  EXPECT_EQ(point["objectstore"], kStore);
  EXPECT_EQ(point["source_backupinst"], source);
  EXPECT_EQ(movers.done.size(), 2U);
  EXPECT_EQ(job["kube_copy_progress"]["completed_pvs"], 2);
  ASSERT_EQ(copies.snapshots.size(), 1U);
  EXPECT_EQ(copies.snapshots.begin()->first, point["archive"]["snapshot"]);
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

  EXPECT_THAT(copies.forgotten, Contains(std::string(64, 'b')));
  EXPECT_THAT(copies.snapshots, IsEmpty()) << "of the objects";
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

TEST_F(CopyJobTest, HasTheObjectsOfItsSourceAndWhatTheCatalogSaysOfIt) {
  run();

  const Json point = copied_point();
  ASSERT_FALSE(point.is_null());
  const auto read = [&](const Json& of) {
    archive::testing::ReadItems items;
    const volume::CopyAccess access = copies.open();
    const archive::Source place(*world.store, access.read_files);
    EXPECT_TRUE(archive::read_items(world.context, place, archive::seal_in(of),
                                    {[&](const archive::ItemName& item, std::string_view json) {
                                      items[item] = json;
                                      return Result<void>();
                                    }})
                    .ok());
    return items;
  };
  const Json original = world.catalog->get(world.context, "backupinstances", source)->body();
  EXPECT_GT(read(point).size(), 10U);
  EXPECT_EQ(read(point), read(original));
  const auto& files = copies.snapshots.begin()->second.files;
  const Json told = *parse_json(files.at("salvor/recovery-point.json"));
  EXPECT_EQ(told["name"], point["name"]);
  EXPECT_EQ(told["state"], "READY");
  const Json claims = *parse_json(files.at("salvor/kubepvclaims-0.json"));
  ASSERT_EQ(claims.size(), 2U);
  for (const Json& claim : claims) {
    EXPECT_EQ(claim["backupinst_id"], point["_id"]);
    EXPECT_EQ(claim["offload_recover_point_id"],
              claim_of_copy(text_at(claim, "name"))["offload_recover_point_id"]);
  }
}

TEST_F(CopyJobTest, FailsAndLeavesNothingWhenTheBucketIsFull) {
  Life immortal;
  CopyPorts broken = ports(immortal);
  broken.open_copies = [inner = broken.open_copies](
                           Context& context, const std::string& store,
                           const std::string& cluster) -> Result<volume::CopyAccess> {
    TRY(volume::CopyAccess access, inner(context, store, cluster));
    access.save_files = [](Context&, const volume::FilesLabel&,
                           const FileSource&) -> Result<volume::CopiedFiles> {
      return error(ErrorCode::exhausted, "the bucket is full");
    };
    return access;
  };
  FakeJobRun run(*world.catalog, world.context, kCopyJobId, job);

  const jobs::JobEnd end = copy_kind(broken).run(run);
  ASSERT_TRUE(run.finish(end).ok());

  EXPECT_EQ(end.outcome, jobs::Outcome::failed);
  EXPECT_THAT(end.message, HasSubstr("copying the objects: the bucket is full"));
  EXPECT_EQ(copies.forgotten.size(), 2U);
  EXPECT_EQ(copied_point(), Json());
  EXPECT_EQ(left_in_cluster(), 0U);
}

TEST_F(CopyJobTest, FailsAndSavesNoObjectsWhenTheSourcesArchiveIsDamaged) {
  const Json original = world.catalog->get(world.context, "backupinstances", source)->body();
  const std::string tarball = archive::tarball_object(original["archive"]["name"]);
  std::string bytes = objectstore::testing::get_all(*world.store, tarball).value();
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  ASSERT_TRUE(world.store->remove(world.context, tarball).ok());
  ASSERT_TRUE(objectstore::testing::put_all(*world.store, tarball, bytes).ok());

  const jobs::JobEnd end = run();

  EXPECT_EQ(end.outcome, jobs::Outcome::failed);
  EXPECT_THAT(copies.snapshots, IsEmpty());
  EXPECT_EQ(copies.forgotten.size(), 2U);
}

TEST_F(CopyJobTest, IsLockedUntilItsRetentionEndsInAStoreThatLocks) {
  locks = true;
  job["retention"] = {{"retainDays", 7}};

  const jobs::JobEnd end = run();

  ASSERT_EQ(end.outcome, jobs::Outcome::completed) << end.message;
  const Json point = copied_point();
  EXPECT_EQ(point["status"]["locked"], true);
  const EpochSeconds expiry = point["expiry_timestamp"];
  ASSERT_EQ(locked.size(), 3U);
  EXPECT_THAT(locked, Contains(text_at(point["archive"], "snapshot")));
  EXPECT_LE(locked_until, expiry);
  EXPECT_GT(locked_until, expiry - 600);
}

TEST_F(CopyJobTest, GoesOnWhenItDiedAfterItLockedTheCopy) {
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

TEST_F(CopyJobTest, LacksWhatItsObjectsSayItLacksAlsoWhenItDiedAfterThem) {
  job["retention"] = {{"retainDays", 7}};
  movers.report = [usual = movers.report](const Json& order) {
    if (order["save"]["path"] == "/other/other-claim")
      return Json{{"state", "failed"}, {"error", "no route to the bucket"}};
    return usual(order);
  };
  Life first;
  FakeJobRun died(*world.catalog, world.context, kCopyJobId, job);
  ASSERT_EQ(copy_kind(ports(first)).run(died).outcome, jobs::Outcome::partial);
  job.update(died.fields());
  const std::size_t orders = movers.done.size();
  movers.report = [](const Json&) { return Json{{"state", "completed"}}; };

  Life second;
  const jobs::JobEnd end = run(second, FakeJobRun::Resumed::yes);

  EXPECT_EQ(end.outcome, jobs::Outcome::partial);
  EXPECT_THAT(end.message, HasSubstr("other/other-claim: the mover failed: no route"));
  EXPECT_EQ(movers.done.size(), orders);
  EXPECT_EQ(copies.sources_asked, 1U);
  const Json told =
      *parse_json(copies.snapshots.begin()->second.files["salvor/recovery-point.json"]);
  EXPECT_EQ(told["expiry_timestamp"], copied_point()["expiry_timestamp"]);
  EXPECT_EQ(told["message"], copied_point()["message"]);
}

TEST_F(CopyJobTest, IsRefusedWithoutARetentionInAStoreThatLocks) {
  locks = true;

  const jobs::JobEnd end = run();

  EXPECT_EQ(end.outcome, jobs::Outcome::failed);
  EXPECT_THAT(end.message, HasSubstr("retention.retainDays"));
  EXPECT_THAT(copies.snapshots, IsEmpty());
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
    copies = {};
    Life life(last);
    run(life);
    is_over = !life.is_dead();
    Life next;
    if (!is_over) run(next, FakeJobRun::Resumed::yes);

    ASSERT_EQ(copied_point()["source_backupinst"], source) << "died at event " << last;
    ASSERT_EQ(movers.done.size(), 2U) << "died at event " << last;
    ASSERT_EQ(copies.sources_asked, 1U) << "died at event " << last;
    ASSERT_EQ(copies.snapshots.size(), 1U) << "died at event " << last;
    ASSERT_EQ(left_in_cluster(), 0U) << "died at event " << last;
    ASSERT_EQ(claim_of_copy("other-claim")["num_missing_files"], 1) << "died at event " << last;
  }
}

}  // namespace
}  // namespace salvor::backup::testing
