#include "backup/import_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "backup/testing/copy_world.h"

namespace salvor::backup::testing {
namespace {

using restore::testing::Life;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using volume::testing::FakeCopies;

const std::string kImportJobId = "5f80d0a8f281487d59c69ccc";
constexpr const char* kLists[] = {"kubenamespaces", "kubestorageclasses", "kubepvclaims"};

// A copy in an object store, and then a catalog that knows nothing but the store.
class ImportJobTest : public CopyWorld {
 protected:
  void copy() {
    job["retention"] = {{"retainDays", 7}};
    EXPECT_EQ(run().outcome, jobs::Outcome::completed);
    before = copied_point();
    for (const char* list : kLists) rows_before[list] = rows_of_copy(list);
  }
  void lose_catalog() {
    std::vector<catalog::Change> changes = {
        catalog::Insert{"objectstores", kStore, {{"name", "bucket"}}}};
    for (const char* resource :
         {"backupinstances", "kubeclusters", "kubebackups", "kubeoffloads", "kubenamespaces",
          "kubestorageclasses", "kubepvclaims", "jobs", "kubepvcprogress"}) {
      changes.emplace_back(catalog::RemoveAll{resource, {}});
    }
    ASSERT_TRUE(world.catalog->commit(world.context, {changes}).ok());
  }
  jobs::JobEnd import_copies() {
    Life immortal;
    FakeJobRun run(*world.catalog, world.context, kImportJobId,
                   {{"type", "IMPORT_COPIES"}, {"objectstore", kStore}});
    jobs::JobEnd end = import_kind(ports(immortal)).run(run);
    activity = run.all_activity();
    EXPECT_TRUE(run.finish(end).ok());
    return end;
  }
  std::vector<std::string> rows_of_copy(const std::string& list) {
    std::vector<std::string> found;
    for (const Json& row : world.rows(list)) {
      if (row["backupinst_id"] == before["_id"]) found.push_back(row.dump());
    }
    std::sort(found.begin(), found.end());
    return found;
  }
  FakeCopies::Files& files() { return copies.snapshots.begin()->second.files; }

  Json before;
  std::map<std::string, std::vector<std::string>> rows_before;
};

TEST_F(ImportJobTest, MakesTheCopyKnownAsItWas) {
  copy();
  lose_catalog();

  const jobs::JobEnd end = import_copies();

  EXPECT_EQ(end.outcome, jobs::Outcome::completed) << end.message;
  EXPECT_EQ(end.message, "imported 1 recovery points of 1 clusters; 0 were known");
  const Json after = copied_point();
  for (const char* field :
       {"_id", "name", "type", "state", "start_time", "cluster", "cluster_name", "objectstore",
        "backup_location", "retention", "expiry_timestamp", "num_errors", "total_copy_data"}) {
    EXPECT_EQ(member(after, field), member(before, field)) << field;
  }
  EXPECT_EQ(after["archive"]["snapshot"], before["archive"]["snapshot"]);
  EXPECT_EQ(after["archive"]["items"], before["archive"]["items"]);
  EXPECT_FALSE(after.contains("backupdef"));
  for (const char* list : kLists) EXPECT_EQ(rows_of_copy(list), rows_before[list]) << list;
  EXPECT_EQ(rows_before["kubepvclaims"].size(), 2U);
  EXPECT_GE(rows_before["kubenamespaces"].size(), 2U);
  const auto cluster = world.catalog->get(world.context, "kubeclusters", kClusterId);
  ASSERT_TRUE(cluster.ok());
  EXPECT_EQ(text_at(cluster->body(), "description"), "known from its copies in bucket");
}

TEST_F(ImportJobTest, LeavesWhatIsKnown) {
  copy();
  const Json row_count = world.rows("kubepvclaims").size();
  ASSERT_TRUE(
      world.catalog
          ->commit(world.context, {{catalog::Insert{"objectstores", kStore, {{"name", "bucket"}}}}})
          .ok());

  const jobs::JobEnd end = import_copies();

  EXPECT_EQ(end.message, "imported 0 recovery points of 0 clusters; 1 were known");
  EXPECT_EQ(copied_point(), before);
  EXPECT_EQ(world.rows("kubepvclaims").size(), row_count);
}

TEST_F(ImportJobTest, ComesAgainWithoutHarm) {
  copy();
  lose_catalog();
  import_copies();
  const Json once = copied_point();

  EXPECT_EQ(import_copies().message, "imported 0 recovery points of 0 clusters; 1 were known");

  EXPECT_EQ(copied_point(), once);
  for (const char* list : kLists) EXPECT_EQ(rows_of_copy(list), rows_before[list]) << list;
}

TEST_F(ImportJobTest, NothingEndsACopyWhoseRetentionIsOver) {
  copy();
  ASSERT_GT(before["expiry_timestamp"], 0);
  lose_catalog();
  world.clock.wait_until(world.clock.steady() + std::chrono::hours(8 * 24), {});

  import_copies();

  EXPECT_FALSE(copied_point().contains("expiry_timestamp"));
  EXPECT_FALSE(copied_point().contains("retention"));
}

TEST_F(ImportJobTest, NamesACopyThatCannotBeReadAndImportsNothingOfIt) {
  copy();
  lose_catalog();
  const FakeCopies::Files whole = files();
  for (const auto& [path, content] :
       std::vector<std::pair<std::string, std::string>>{{"salvor/recovery-point.json", "{"},
                                                        {"salvor/recovery-point.json", "[]"},
                                                        {"salvor/kubepvclaims-0.json", "{}"},
                                                        {"salvor/kubenamespaces-0.json", "[7]"}}) {
    files() = whole;
    files()[path] = content;

    const jobs::JobEnd end = import_copies();

    EXPECT_EQ(end.outcome, jobs::Outcome::partial) << path;
    EXPECT_THAT(activity, HasSubstr("recovery point " + text_at(before, "_id"))) << path;
    EXPECT_THAT(world.rows("backupinstances"), IsEmpty()) << path;
    EXPECT_THAT(world.rows("kubepvclaims"), IsEmpty()) << path;
  }
  files() = whole;
  files().erase("salvor/recovery-point.json");
  EXPECT_EQ(import_copies().outcome, jobs::Outcome::partial);
  files() = whole;
  EXPECT_EQ(import_copies().outcome, jobs::Outcome::completed);
}

TEST_F(ImportJobTest, FailsWhenTheStoreCannotBeReached) {
  copy();
  lose_catalog();
  copies.obstacle = [] { return error(ErrorCode::unavailable, "no route to the bucket"); };

  const jobs::JobEnd end = import_copies();

  EXPECT_EQ(end.outcome, jobs::Outcome::failed);
  EXPECT_THAT(end.message, HasSubstr("no route to the bucket"));
  EXPECT_THAT(world.rows("backupinstances"), IsEmpty());
}

TEST_F(ImportJobTest, GivesAClusterAnotherNameWhenItsOwnIsTaken) {
  copy();
  lose_catalog();
  const std::string host = copies.snapshots.begin()->second.label.host;
  ASSERT_TRUE(world.catalog
                  ->commit(world.context,
                           {{catalog::Insert{
                               "kubeclusters", "5f80d09ff281487d59c69000", {{"name", host}}}}})
                  .ok());

  import_copies();

  const auto cluster = world.catalog->get(world.context, "kubeclusters", kClusterId);
  ASSERT_TRUE(cluster.ok());
  EXPECT_EQ(text_at(cluster->body(), "name"), host + "-" + kClusterId);
}

}  // namespace
}  // namespace salvor::backup::testing
