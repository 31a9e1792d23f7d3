#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using testing::Shell;

class Backup : public ::testing::Test {
 protected:
  Backup() { cluster = shell.server.add("kubeclusters", {{"name", "prod"}}); }
  const Json& defined() { return shell.server.all("kubebackups").at(0); }
  // Each wait ends the newest job.
  void end_jobs(const std::string& state) {
    shell.clock.on_wait = [this, state] {
      const std::vector<Json>& jobs = shell.server.all("jobs");
      if (!jobs.empty()) shell.server.at("jobs", jobs.back()["_id"])["state"] = state;
    };
  }
  Shell shell;
  std::string cluster;
};

TEST_F(Backup, IsDefinedFromFlags) {
  ASSERT_EQ(shell.run("backup create shop --cluster prod -n a --namespace b "
                      "--selector app=web,db -l tier=front"),
            0)
      << shell.err();

  EXPECT_EQ(shell.out(), "backup 'shop' defined\n");
  EXPECT_EQ(defined()["cluster"], cluster);
  EXPECT_EQ(defined()["trigger_type"], "ADHOC");
  EXPECT_EQ(defined()["source"],
            Json({{"namespaces", {"a", "b"}},
                  {"label_selector", {{"app", "web,db"}, {"tier", "front"}}}}));
  EXPECT_TRUE(shell.server.all("jobs").empty());
}

TEST_F(Backup, TakesAllNamespacesUnlessSomeAreNamed) {
  ASSERT_EQ(shell.run("backup create all --cluster prod"), 0) << shell.err();

  EXPECT_EQ(defined()["source"], Json({{"all_namespaces", true}}));
}

TEST_F(Backup, RefusesFlagsThatContradict) {
  EXPECT_EQ(shell.run("backup create x --cluster prod -n a --all-namespaces"), 2);
  EXPECT_EQ(shell.run("backup create x"), 2);
  EXPECT_EQ(shell.run("backup create x --cluster prod -l app"), 2);
  EXPECT_EQ(shell.run("backup create x --cluster prod -l a=1 -l a=2"), 2);
  EXPECT_EQ(shell.run("backup create x --cluster prod --keep-days 0"), 2);
  EXPECT_TRUE(shell.server.log.empty());
}

TEST_F(Backup, AnUnknownClusterIsNotFound) {
  EXPECT_EQ(shell.run("backup create x --cluster nope"), 3);
}

TEST_F(Backup, RunsAndWaits) {
  end_jobs("COMPLETED");

  EXPECT_EQ(shell.run("backup create shop --cluster prod --wait"), 0) << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("job job-1 ended COMPLETED"));
}

TEST_F(Backup, RunsAgainWithoutTakingTheOldJobForTheNewOne) {
  const std::string id = shell.server.add("kubebackups", {{"name", "shop"}});
  shell.server.add("jobs", {{"name", "old"}, {"backupdef", id}, {"state", "COMPLETED"}});
  end_jobs("FAILED");

  EXPECT_EQ(shell.run("backup run shop --wait"), 7) << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("job job-1 ended FAILED"));
}

TEST_F(Backup, TellsWhereToLookWhenNobodyWaits) {
  shell.server.add("kubebackups", {{"name", "shop"}});

  EXPECT_EQ(shell.run("backup run shop"), 0);

  EXPECT_THAT(shell.out(), HasSubstr("salvor jobs wait "));
}

TEST_F(Backup, AJobThatNeverAppearsIsATimeout) {
  shell.server.add("kubebackups", {{"name", "shop"}});
  shell.server.on_run = [](testing::FakeServer&, const std::string&, const std::string&) {};

  EXPECT_EQ(shell.run("backup run shop"), 8);
  EXPECT_THAT(shell.err(), HasSubstr("no job has appeared after 30 s"));
}

TEST_F(Backup, ForProgramsItPrintsOneDocument) {
  end_jobs("COMPLETED");

  ASSERT_EQ(shell.run("backup create shop --cluster prod --wait -o json"), 0) << shell.err();

  EXPECT_EQ(text_at(*parse_json(shell.out()), "state"), "COMPLETED");
}

}  // namespace
}  // namespace salvor::cli
