#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using testing::refusal_response;
using testing::Shell;

class JobEnd : public ::testing::Test {
 protected:
  std::string add(const char* type, const char* state) {
    return shell.server.add("jobs", {{"name", "j"},
                                     {"type", type},
                                     {"state", state},
                                     {"start_time", 1000},
                                     {"end_time", 1062},
                                     {"message", "2 items failed"}});
  }
  Shell shell;
};

TEST_F(JobEnd, IsOneLineForABackup) {
  EXPECT_EQ(shell.run("jobs wait " + add("K8S_SNAP", "PARTIAL")), 6);
  EXPECT_EQ(shell.out(), "job j ended PARTIAL after 1m02s: 2 items failed\n");
}

TEST_F(JobEnd, ComesAfterTheReportForARestore) {
  const std::string id = add("RESTORE", "FAILED");
  shell.server.add("kuberestoreitems", {{"job_id", id},
                                        {"kind", "Pod"},
                                        {"name", "web"},
                                        {"state", "PENDING"},
                                        {"reason", "PLANNED"}});

  EXPECT_EQ(shell.run("jobs wait " + id), 7);

  EXPECT_EQ(shell.out(),
            "KIND  CREATED  EXISTING  SKIPPED  FAILED  OPEN\n"
            "Pod         0         0        0       0     1\n"
            "\n"
            "not done, 1 item, PLANNED\n"
            "  Pod web\n"
            "\n"
            "job j ended FAILED after 1m02s: 2 items failed\n");
}

TEST_F(JobEnd, IsTheJobsDocumentForPrograms) {
  EXPECT_EQ(shell.run("jobs wait -o json " + add("RESTORE", "CANCELED")), 7);
  EXPECT_EQ(text_at(*parse_json(shell.out()), "state"), "CANCELED");
}

TEST_F(JobEnd, TellsWhenTheReportCannotBeRead) {
  const std::string id = add("RESTORE", "COMPLETED");
  shell.server.script(
      {.beginning = "GET /api/v1/kuberestoreitems", .response = refusal_response(503, "busy")});

  EXPECT_EQ(shell.run("jobs wait " + id), 5);
  EXPECT_THAT(shell.err(), HasSubstr("busy"));
  EXPECT_EQ(shell.server.faults_left(), 0U);
}

}  // namespace
}  // namespace salvor::cli
