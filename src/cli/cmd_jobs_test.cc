#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using testing::Shell;

class Jobs : public ::testing::Test {
 protected:
  Jobs() {
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

TEST_F(Jobs, AreListedActiveOnesAloneIfAskedFor) {
  shell.server.add("jobs", {{"name", "old"}, {"type", "RESTORE"}, {"state", "COMPLETED"}});

  shell.run("jobs list -o name");
  EXPECT_EQ(shell.out(), "jobs/old\njobs/snap-1\n");
  shell.run("jobs list --active -o name");
  EXPECT_EQ(shell.out(), "jobs/snap-1\n");
}

TEST_F(Jobs, AreShownAtLength) {
  EXPECT_EQ(shell.run("jobs show snap-1"), 0) << shell.err();
  EXPECT_THAT(shell.out(), HasSubstr("Name:"));
  EXPECT_THAT(shell.out(), HasSubstr("RUNNING"));
}

TEST_F(Jobs, AreCancelledOnce) {
  EXPECT_EQ(shell.run("jobs cancel " + id), 0) << shell.err();
  EXPECT_EQ(job()["state"], "CANCELED");

  EXPECT_EQ(shell.run("jobs cancel " + id), 0);
  EXPECT_THAT(shell.err(), HasSubstr("has already ended CANCELED"));
}

TEST_F(Jobs, LogsAreTheirActivity) {
  EXPECT_EQ(shell.run("logs snap-1"), 0);
  EXPECT_EQ(shell.out(), "one\n");
}

TEST_F(Jobs, LogsCanBeFollowedToTheEnd) {
  shell.clock.on_wait = [this, waits = 0]() mutable {
    job()["activity"].push_back("line " + std::to_string(++waits));
    if (waits == 3) job()["state"] = "PARTIAL";
  };

  EXPECT_EQ(shell.run("logs -f snap-1"), 6);
  EXPECT_EQ(shell.out(), "one\nline 1\nline 2\nline 3\n");
}

}  // namespace
}  // namespace salvor::cli
