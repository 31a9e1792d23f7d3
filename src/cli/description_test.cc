#include "cli/description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::refusal_response;
using testing::Shell;

class Describe : public ::testing::Test {
 protected:
  Describe() {
    cluster = shell.server.add("kubeclusters", {{"name", "prod"}});
    backup = shell.server.add("kubebackups", {{"name", "shop"},
                                              {"cluster", cluster},
                                              {"source", {{"namespaces", {"a", "b"}}}},
                                              {"status", {{"last_job_run_time", 1602277000}}}});
    shell.server.add("backupinstances", {{"name", "p1"}, {"backupdef", backup}});
    shell.server.add("backupinstances", {{"name", "p2"}, {"backupdef", backup}});
    shell.server.add("jobs", {{"name", "old"}, {"backupdef", backup}, {"state", "FAILED"}});
    shell.server.add("jobs", {{"name", "new"}, {"backupdef", backup}, {"state", "COMPLETED"}});
  }
  Shell shell;
  std::string cluster;
  std::string backup;
};

TEST_F(Describe, TellsAllThatBelongsToIt) {
  ASSERT_EQ(shell.run("describe backup shop"), 0) << shell.err();

  EXPECT_EQ(shell.out(),
            "Name:                     shop\n"
            "Id:                       " +
                backup +
                "\n"
                "Created:                  Fri, 09 Oct 2020 21:05:44 GMT (0s ago)\n"
                "Updated:                  Fri, 09 Oct 2020 21:05:44 GMT (0s ago)\n"
                "Cluster:                  prod (" +
                cluster +
                ")\n"
                "\n"
                "Source\n"
                "  Namespaces:\n"
                "    - a\n"
                "    - b\n"
                "\n"
                "Status\n"
                "  Last job run time:      Fri, 09 Oct 2020 20:56:40 GMT (9m04s ago)\n"
                "\n"
                "Counts\n"
                "  backupinstances:        2\n"
                "  jobs:                   2\n"
                "  kubeoffloads:           0\n"
                "\n"
                "Last job\n"
                "  Name:                   new\n"
                "  Id:                     " +
                text_at(shell.server.all("jobs")[1], "_id") +
                "\n"
                "  State:                  COMPLETED\n");
}

TEST_F(Describe, SurvivesReferencesThatAreGoneOrClosed) {
  shell.server.at("kubebackups", backup)["cluster"] = "5f80d0a8f281487d59c6ffff";
  shell.server.script({.beginning = "GET /api/v1/backupinstances?",
                       .response = refusal_response(403, "not yours")});

  EXPECT_EQ(shell.run("describe backup shop"), 0) << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("5f80d0a8f281487d59c6ffff"));
  EXPECT_THAT(shell.out(), Not(HasSubstr("backupinstances:")));
}

TEST_F(Describe, PrintsTheDocumentForPrograms) {
  EXPECT_EQ(shell.run("describe backup shop -o json"), 0);
  EXPECT_EQ(text_at(*parse_json(shell.out()), "_id"), backup);
}

TEST_F(Describe, LongListsAreCut) {
  shell.server.at("kubebackups", backup)["source"]["namespaces"] =
      std::vector<std::string>(120, "x");

  shell.run("describe backup shop");

  EXPECT_THAT(shell.out(), HasSubstr("… and 70 more"));
}

}  // namespace
}  // namespace salvor::cli
