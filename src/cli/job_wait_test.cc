#include "cli/job_wait.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using testing::Shell;

class JobWait : public ::testing::Test {
 protected:
  JobWait() {
    id = shell.server.add("jobs", {{"name", "snap-1"},
                                   {"type", "K8S_SNAP"},
                                   {"state", "RUNNING"},
                                   {"activity", {"one"}},
                                   {"num_total_resources", 10}});
  }
  Json& job() { return shell.server.at("jobs", id); }
  Shell shell;
  std::string id;
};

TEST(JobStates, EndOnlyOnce) {
  for (const char* state : {"COMPLETED", "PARTIAL", "FAILED", "SKIPPED", "CANCELED"}) {
    EXPECT_TRUE(has_ended(state)) << state;
  }
  for (const char* state : {"UNKNOWN", "PENDING", "RUNNING", "CATALOG", "CANCELLING", ""}) {
    EXPECT_FALSE(has_ended(state)) << state;
  }
}

TEST_F(JobWait, ShowsWhatTheJobDoes) {
  shell.clock.on_wait = [this] {
    job()["activity"].push_back("two");
    job()["num_backup_resources"] = 10;
    job()["state"] = "COMPLETED";
  };

  EXPECT_EQ(shell.run("jobs wait " + id), 0);

  EXPECT_THAT(shell.err(), HasSubstr("one\n"));
  EXPECT_THAT(shell.err(), HasSubstr("two\n"));
  EXPECT_THAT(shell.err(), HasSubstr("COMPLETED  10/10 items"));
}

TEST_F(JobWait, OutlivesAServerThatRestarts) {
  shell.clock.on_wait = [this, waits = 0]() mutable {
    if (++waits == 1) {
      shell.server.script({.beginning = "GET /api/v1/jobs/",
                           .failure = error(ErrorCode::unavailable, "refused"),
                           .times = 20});
    }
    if (waits == 30) job()["state"] = "COMPLETED";
  };

  EXPECT_EQ(shell.run("jobs wait " + id), 0);

  EXPECT_THAT(shell.err(), HasSubstr("the server does not answer (refused), trying on"));
  EXPECT_EQ(shell.server.faults_left(), 0U);
}

TEST_F(JobWait, GivesUpWhenTheServerStaysAway) {
  shell.clock.on_wait = [this, waits = 0]() mutable {
    if (++waits == 1) {
      shell.server.script({.beginning = "GET",
                           .failure = error(ErrorCode::unavailable, "refused"),
                           .times = 100000});
    }
  };

  EXPECT_EQ(shell.run("jobs wait " + id), 5);
  EXPECT_GE(shell.clock.wall_seconds() - 1602277544, 120);
}

TEST_F(JobWait, AUserWhoStopsItLearnsThatTheJobGoesOn) {
  shell.clock.on_wait = [this] { shell.stop.request_stop(); };

  EXPECT_EQ(shell.run("jobs wait " + id), 130);
  EXPECT_THAT(shell.err(), HasSubstr("the job goes on"));
}

TEST_F(JobWait, DrawsABarOnATerminalAndRemovesIt) {
  shell.err_audience = Audience::terminal;
  shell.clock.on_wait = [this] { job()["state"] = "COMPLETED"; };

  shell.run("jobs wait " + id);

  EXPECT_THAT(shell.err(), HasSubstr("0/10 items"));
  EXPECT_TRUE(shell.err().ends_with("\r\033[K")) << shell.err();
}

TEST_F(JobWait, CountsARestoresSkippedItemsAsDoneWith) {
  job()["type"] = "RESTORE";
  for (int i = 0; i < 10; ++i) {
    shell.server.add("kuberestoreitems",
                     {{"job_id", id}, {"state", i < 4 ? "SKIPPED" : "PENDING"}});
  }
  shell.clock.on_wait = [this] { job()["state"] = "CANCELED"; };

  shell.run("jobs wait " + id);

  EXPECT_THAT(shell.err(), HasSubstr("RUNNING  4/10 items"));
}

}  // namespace
}  // namespace salvor::cli
