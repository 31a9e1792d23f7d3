#include "archive/writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "archive/gzip.h"
#include "archive/layout.h"
#include "archive/testing/backups.h"
#include "archive/testing/libarchive.h"
#include "objectstore/memory.h"
#include "objectstore/testing/faulty.h"
#include "objectstore/testing/whole.h"

namespace salvor::archive::testing {
namespace {

using objectstore::testing::Effect;
using objectstore::testing::FaultyStore;
using objectstore::testing::get_all;
using objectstore::testing::Names;
using objectstore::testing::names_in;
using objectstore::testing::Operation;

const TestItem kPod = test_item({"pods", "v1", "shop", "web"}, "Pod");
const TestItem kOther = test_item({"pods", "v1", "shop", "db"}, "Pod");
const TestItem kRole =
    test_item({"clusterroles.rbac.authorization.k8s.io", "v1", "", "a"}, "ClusterRole");

class WriterTest : public ::testing::Test {
 protected:
  std::string unpacked(const std::string& what) {
    const auto stored = get_all(*store_, companion_object("b1", what));
    return gunzipped(stored.value(), 1 << 20).value();
  }
  Json description() {
    return parse_json(get_all(*store_, description_object("b1")).value()).value();
  }

  Context context_ = background();
  std::unique_ptr<objectstore::Store> store_ = objectstore::make_memory_store();
};

TEST_F(WriterTest, LaysABackupOutAsVeleroDoes) {
  ASSERT_TRUE(write_backup(*store_, "b1", {kPod, kRole}).ok());

  EXPECT_EQ(names_in(*store_, ""),
            (Names{"backups/b1/b1-csi-volumesnapshotclasses.json.gz",
                   "backups/b1/b1-itemoperations.json.gz", "backups/b1/b1-logs.gz",
                   "backups/b1/b1-podvolumebackups.json.gz", "backups/b1/b1-resource-list.json.gz",
                   "backups/b1/b1-results.gz", "backups/b1/b1-volumeinfo.json.gz",
                   "backups/b1/b1-volumesnapshots.json.gz", "backups/b1/b1.tar.gz",
                   "backups/b1/velero-backup.json"}));
}

TEST_F(WriterTest, WritesEachItemTwiceAndTheVersion) {
  ASSERT_TRUE(write_backup(*store_, "b1", {kPod, kRole}).ok());

  EXPECT_EQ(files_by_libarchive(get_all(*store_, tarball_object("b1")).value()),
            (Files{{"resources/pods/namespaces/shop/web.json", kPod.json},
                   {"resources/pods/v1-preferredversion/namespaces/shop/web.json", kPod.json},
                   {"resources/clusterroles.rbac.authorization.k8s.io/cluster/a.json", kRole.json},
                   {"resources/clusterroles.rbac.authorization.k8s.io/v1-preferredversion/cluster/"
                    "a.json",
                    kRole.json},
                   {"metadata/version", "1.1.0\n"}}));
}

TEST_F(WriterTest, ListsItemsByType) {
  ASSERT_TRUE(write_backup(*store_, "b1", {kPod, kOther, kRole}).ok());

  EXPECT_EQ(
      unpacked("resource-list.json.gz"),
      R"({"v1/Pod":["shop/web","shop/db"],"rbac.authorization.k8s.io/v1/ClusterRole":["a"]})");
}

TEST_F(WriterTest, WritesAnEmptyBackup) {
  ASSERT_TRUE(write_backup(*store_, "b1", {}).ok());

  EXPECT_EQ(unpacked("resource-list.json.gz"), "{}");
  EXPECT_EQ(unpacked("volumeinfo.json.gz"), "[]");
}

TEST_F(WriterTest, KeepsTheLog) {
  ASSERT_TRUE(write_backup(*store_, "b1", {kPod}).ok());

  EXPECT_EQ(unpacked("logs.gz"), "wrote 1 items\n");
}

TEST_F(WriterTest, DescribesTheBackupToVelero) {
  ASSERT_TRUE(write_backup(*store_, "b1", {kPod}).ok());

  const Json backup = description();
  EXPECT_EQ(backup["kind"], "Backup");
  EXPECT_EQ(backup["apiVersion"], "velero.io/v1");
  EXPECT_EQ(backup["metadata"]["name"], "b1");
  EXPECT_EQ(backup["status"]["phase"], "Completed");
  EXPECT_EQ(backup["status"]["formatVersion"], "1.1.0");
  EXPECT_EQ(backup["status"]["completionTimestamp"], "2020-10-09T21:05:53Z");
  EXPECT_EQ(backup["status"].count("expiration"), 0U);
  EXPECT_EQ(backup["spec"]["includedNamespaces"], Json({"*"}));
}

TEST_F(WriterTest, DescribesSelectionErrorsAndExpiration) {
  Context context = background();
  auto writer = Writer::create(context, *store_, "b1").value();
  BackupDescription description_in = describe("b1", 0);
  description_in.included_namespaces = {"shop"};
  description_in.label_selector = {{"app", "a,b"}};
  description_in.errors = 2;
  description_in.expiration = description_in.start_time + 86400;
  ASSERT_TRUE(writer->finish(context, description_in).ok());

  const Json backup = description();
  EXPECT_EQ(backup["status"]["phase"], "PartiallyFailed");
  EXPECT_EQ(backup["status"]["expiration"], "2020-10-10T21:05:44Z");
  EXPECT_EQ(backup["spec"]["ttl"], "86400s");
  EXPECT_EQ(backup["spec"]["includedNamespaces"], Json({"shop"}));
  EXPECT_EQ(backup["spec"]["labelSelector"]["matchExpressions"][0]["values"], Json({"a", "b"}));
}

TEST_F(WriterTest, SealsWhatIsStored) {
  const ArchiveSeal seal = write_backup(*store_, "b1", {kPod, kOther}).value();

  const std::string tarball = get_all(*store_, tarball_object("b1")).value();
  EXPECT_EQ(seal.size_bytes, tarball.size());
  EXPECT_EQ(seal.sha256.size(), 64U);
  EXPECT_EQ(seal.items, 2U);
}

TEST_F(WriterTest, RefusesNamesAndSizesThatCannotStandInABackup) {
  Context context = background();
  auto writer = Writer::create(context, *store_, "b1").value();

  EXPECT_EQ(writer->add(context, {"pods", "v1", "shop", "../web"}, "Pod", "{}").error().code,
            ErrorCode::invalid);
  EXPECT_EQ(writer->add(context, kPod.name, "Pod", std::string(17 << 20, ' ')).error().code,
            ErrorCode::invalid);
}

TEST_F(WriterTest, ShowsNothingUntilItIsFinished) {
  Context context = background();
  {
    auto writer = Writer::create(context, *store_, "b1").value();
    ASSERT_TRUE(writer->add(context, kPod.name, "Pod", kPod.json).ok());
    EXPECT_EQ(names_in(*store_, ""), Names{});
  }
  EXPECT_EQ(names_in(*store_, ""), Names{});
}

TEST_F(WriterTest, RefusesANameThatIsTakenAndSparesItsOwner) {
  const ArchiveSeal seal = write_backup(*store_, "b1", {kPod}).value();
  const Names before = names_in(*store_, "");

  EXPECT_EQ(write_backup(*store_, "b1", {kOther}).error().code, ErrorCode::conflict);

  EXPECT_EQ(names_in(*store_, ""), before);
  EXPECT_TRUE(read_all(*store_, seal).ok());
}

TEST_F(WriterTest, SparesTheWinnerOfARaceForAName) {
  Context context = background();
  auto loser = Writer::create(context, *store_, "b1").value();
  const ArchiveSeal seal = write_backup(*store_, "b1", {kPod}).value();

  EXPECT_EQ(loser->finish(context, describe("b1", 0)).error().code, ErrorCode::conflict);
  loser.reset();

  EXPECT_TRUE(read_all(*store_, seal).ok());
}

// Every call to the store fails once, in each way; no attempt may leave anything behind.
TEST_F(WriterTest, LeavesNothingWhenAnyCallOfTheStoreFails) {
  const std::vector<TestItem> items = random_items(1, 60);
  unsigned calls = 0;
  {
    FaultyStore counting(*store_);
    ASSERT_TRUE(write_backup(counting, "b1", items).ok());
    calls = counting.calls();
    ASSERT_TRUE(remove_backup(context_, *store_, "b1").ok());
  }
  ASSERT_GT(calls, 25U);
  for (const Effect effect : {Effect::fail, Effect::disk_full, Effect::lost}) {
    for (unsigned call = 0; call < calls; ++call) {
      FaultyStore faulty(*store_);
      faulty.script({.operation = Operation::any, .effect = effect, .after = call});
      ASSERT_FALSE(write_backup(faulty, "b1", items).ok()) << call;
      ASSERT_EQ(names_in(*store_, ""), Names{}) << "call " << call;
    }
  }
}

TEST_F(WriterTest, LeavesNoBackupWhenItDiesAtAnyCall) {
  const std::vector<TestItem> items = random_items(2, 40);
  bool finished = false;
  for (unsigned call = 0; !finished; ++call) {
    FaultyStore faulty(*store_);
    faulty.script({.operation = Operation::any, .effect = Effect::die, .after = call});
    ASSERT_FALSE(write_backup(faulty, "b1", items).ok());
    finished = call == 28;  // put, write and finish of ten objects, the last of them excepted

    EXPECT_EQ(store_->stat(context_, description_object("b1")).error().code, ErrorCode::not_found);
    ASSERT_TRUE(remove_backup(context_, *store_, "b1").ok());
    ASSERT_EQ(names_in(*store_, ""), Names{});
  }
}

TEST_F(WriterTest, StopsWhenAskedAndStillCleansUp) {
  Context context = background();
  std::stop_source stop;
  Context stoppable = context.stopped_by(stop.get_token());
  auto writer = Writer::create(stoppable, *store_, "b1").value();

  stop.request_stop();
  EXPECT_EQ(writer->finish(stoppable, describe("b1", 0)).error().code, ErrorCode::cancelled);
  writer.reset();

  EXPECT_EQ(names_in(*store_, ""), Names{});
}

TEST_F(WriterTest, RemovesTheDescriptionFirst) {
  ASSERT_TRUE(write_backup(*store_, "b1", {kPod}).ok());
  FaultyStore faulty(*store_);
  faulty.script({.operation = Operation::remove, .after = 1});
  Context context = background();

  EXPECT_FALSE(remove_backup(context, faulty, "b1").ok());

  EXPECT_FALSE(store_->stat(context, description_object("b1")).ok());
  EXPECT_TRUE(remove_backup(context, *store_, "b1").ok());
  EXPECT_EQ(names_in(*store_, ""), Names{});
}

TEST_F(WriterTest, RemovesOnlyTheBackupOfThatName) {
  ASSERT_TRUE(write_backup(*store_, "b1", {kPod}).ok());
  const ArchiveSeal other = write_backup(*store_, "b10", {kPod}).value();
  Context context = background();

  ASSERT_TRUE(remove_backup(context, *store_, "b1").ok());

  EXPECT_EQ(names_in(*store_, "backups/b1/"), Names{});
  EXPECT_TRUE(read_all(*store_, other).ok());
}

}  // namespace
}  // namespace salvor::archive::testing
