#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "cli/files.h"
#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using testing::Shell;

class Verify : public ::testing::Test {
 protected:
  Verify() { point = shell.server.add("backupinstances", {{"name", "p"}, {"state", "READY"}}); }

  // The next wait ends the job, with this verification.
  void end_job(const std::string& state, const Json& problems) {
    shell.clock.on_wait = [this, state, problems] {
      if (shell.server.all("jobs").empty()) return;
      const std::string job = shell.server.all("jobs").back()["_id"];
      if (text_at(shell.server.at("jobs", job), "state") == state) return;
      shell.server.at("jobs", job)["state"] = state;
      shell.server.add("kubepvcprogress", {{"name", "data"},
                                           {"namespace", "shop"},
                                           {"job_id", job},
                                           {"op_type", "VERIFY"},
                                           {"state", "COMPLETED"}});
      shell.server.at("backupinstances", point)["verification"] = {{"job_id", job},
                                                                   {"problems", problems}};
    };
  }

  Shell shell;
  std::string point;
};

TEST_F(Verify, TellsOfEachVolumeAndProblem) {
  end_job("PARTIAL", {{{"reason", "ARCHIVE_DAMAGED"},
                       {"object", "archive a"},
                       {"message", "it is not what was written"}}});

  EXPECT_EQ(shell.run("backup verify p --wait"), 6) << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("data"));
  EXPECT_THAT(shell.out(), HasSubstr("ARCHIVE_DAMAGED  archive a: it is not what was written\n"));
  EXPECT_THAT(shell.out(), HasSubstr("job job-1 ended PARTIAL"));
}

TEST_F(Verify, TellsWhereToLookWhenNobodyWaits) {
  EXPECT_EQ(shell.run("backup verify p"), 0) << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("salvor jobs wait "));
}

TEST_F(Verify, EvidenceIsPrintedByteForByte) {
  const std::string document = "{\"state\":\"VERIFIED\"}\n";
  shell.server.add("kubeevidence", {{"backupinst_id", point},
                                    {"kind", "VERIFY"},
                                    {"document", document},
                                    {"signature", encode_base64("sixty-four bytes")},
                                    {"public_key", "-----BEGIN"}});
  const std::string signature = shell.home.path("sig");
  const std::string key = shell.home.path("pem");

  EXPECT_EQ(shell.run({"backup", "evidence", "p", "--signature", signature, "--key", key}), 0)
      << shell.err();

  EXPECT_EQ(shell.out(), document);
  EXPECT_EQ(read_file(signature).value(), "sixty-four bytes");
  EXPECT_EQ(read_file(key).value(), "-----BEGIN");
  ASSERT_EQ(shell.run("backup evidence p -o json"), 0);
  EXPECT_EQ(text_at(*parse_json(shell.out()), "document"), document);
}

TEST_F(Verify, WithoutEvidenceItSaysHowToMakeSome) {
  EXPECT_EQ(shell.run("backup evidence p"), 3);

  EXPECT_THAT(shell.err(), HasSubstr("salvor backup verify " + point));
}

}  // namespace
}  // namespace salvor::cli
