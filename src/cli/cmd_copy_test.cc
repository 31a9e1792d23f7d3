#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using testing::Shell;

class Copy : public ::testing::Test {
 protected:
  Copy() {
    backup = shell.server.add("kubebackups", {{"name", "shop"}});
    store = shell.server.add("objectstores", {{"name", "minio"}});
  }
  const Json& defined() { return shell.server.all("kubeoffloads").at(0); }
  // Each wait ends the newest job.
  void end_jobs(const std::string& state) {
    shell.clock.on_wait = [this, state] {
      const std::vector<Json>& jobs = shell.server.all("jobs");
      if (!jobs.empty()) shell.server.at("jobs", jobs.back()["_id"])["state"] = state;
    };
  }
  Shell shell;
  std::string backup;
  std::string store;
};

TEST_F(Copy, IsDefinedFromFlags) {
  ASSERT_EQ(shell.run("copy create offsite --backup shop --object-store minio"), 0) << shell.err();

  EXPECT_EQ(shell.out(), "copy 'offsite' defined\n");
  EXPECT_EQ(defined()["trigger_type"], "ADHOC");
  EXPECT_EQ(defined()["backupdef"], backup);
  EXPECT_EQ(defined()["offload_provider"], Json({{"user_objectstore", store}}));
  EXPECT_EQ(defined()["delete_snapshots"], true);
  EXPECT_EQ(defined()["run_backup"], false);
  EXPECT_TRUE(shell.server.all("jobs").empty());
}

TEST_F(Copy, KeepsSnapshotsAndTakesNewOnesWhenAskedTo) {
  ASSERT_EQ(shell.run("copy create offsite --backup shop --keep-snapshots --snapshot-first"), 0)
      << shell.err();

  EXPECT_EQ(defined()["delete_snapshots"], false);
  EXPECT_EQ(defined()["run_backup"], true);
  EXPECT_FALSE(defined().contains("offload_provider"));
}

TEST_F(Copy, AsksForWhatIsMissingBeforeItSendsAnything) {
  EXPECT_EQ(shell.run("copy create x"), 2);
  EXPECT_EQ(shell.run("copy create x --backup shop --keep-days 0"), 2);
  EXPECT_EQ(shell.run("copy run x --keep-days none"), 2);
  EXPECT_TRUE(shell.server.log.empty());
}

TEST_F(Copy, OfAnUnknownBackupOrToAnUnknownStoreIsNotFound) {
  EXPECT_EQ(shell.run("copy create x --backup nope"), 3);
  EXPECT_EQ(shell.run("copy create x --backup shop --object-store nope"), 3);
}

TEST_F(Copy, RunsAndWaits) {
  end_jobs("COMPLETED");

  EXPECT_EQ(shell.run("copy create offsite --backup shop --object-store minio --wait"), 0)
      << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("job job-1 ended COMPLETED"));
  EXPECT_EQ(shell.server.all("jobs").at(0)["offloaddef"], defined()["_id"]);
}

TEST_F(Copy, RunsAgain) {
  shell.server.add("kubeoffloads", {{"name", "offsite"}});
  end_jobs("PARTIAL");

  EXPECT_EQ(shell.run("copy run offsite --wait"), 6) << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("job job-1 ended PARTIAL"));
}

TEST_F(Copy, ARunSaysNothingOfASnapshotUnlessOneIsAskedFor) {
  const std::string id = shell.server.add("kubeoffloads", {{"name", "offsite"}});
  std::vector<Json> bodies;
  shell.server.routes["POST kubeoffloads/" + id + "/action/run"] =
      [&](const http::Request& request) {
        bodies.push_back(*parse_json(request.body));
        shell.server.add("jobs", {{"name", "job"}, {"offloaddef", id}, {"state", "PENDING"}});
        return testing::json_response(200, Json::object());
      };

  EXPECT_EQ(shell.run("copy run offsite --keep-days 30"), 0) << shell.err();
  EXPECT_EQ(shell.run("copy run offsite --snapshot-first"), 0) << shell.err();

  ASSERT_EQ(bodies.size(), 2U);
  EXPECT_EQ(bodies[0], Json({{"retention", {{"retainDays", 30}}}}));
  EXPECT_EQ(bodies[1], Json({{"retention", {{"retainDays", 7}}}, {"runBackup", true}}));
}

TEST_F(Copy, IsListedWithTheNamesOfWhatItRefersTo) {
  shell.run("copy create offsite --backup shop --object-store minio");

  EXPECT_EQ(shell.run("get copies"), 0);

  EXPECT_THAT(shell.out(), HasSubstr("offsite  shop    minio"));
}

TEST_F(Copy, CanBeDescribedAndDeleted) {
  shell.run("copy create offsite --backup shop --object-store minio");

  EXPECT_EQ(shell.run("describe copy offsite"), 0) << shell.err();
  EXPECT_EQ(shell.run("delete copy offsite --yes"), 0) << shell.err();

  EXPECT_TRUE(shell.server.all("kubeoffloads").empty());
}

}  // namespace
}  // namespace salvor::cli
