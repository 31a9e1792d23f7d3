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

TEST_F(Verify, ADrillSaysWhereToAndHowLong) {
  const std::string cluster = shell.server.add("kubeclusters", {{"name", "other"}});

  const std::string job = shell.server.add("jobs", {{"name", "job-1"}});
  Json body;
  shell.server.routes["POST backupinstances/" + point + "/action/drill"] =
      [&](const http::Request& request) {
        body = parse_json(request.body).value();
        return testing::json_response(200, {{"drill_jobid", job}});
      };

  EXPECT_EQ(shell.run("backup drill p --cluster other -n shop -n blog --ready-timeout 2m "
                      "--exclude-type widgets"),
            0)
      << shell.err();

  EXPECT_EQ(body, Json({{"cluster", cluster},
                        {"namespaces", {"shop", "blog"}},
                        {"exclude_resource_types", {"widgets"}},
                        {"ready_timeout_seconds", 120}}));
}

TEST_F(Verify, ADrillsEndShowsEachWorkloadAndProblem) {
  shell.clock.on_wait = [this] {
    if (shell.server.all("jobs").empty()) return;
    const std::string job = shell.server.all("jobs").back()["_id"];
    shell.server.at("jobs", job)["state"] = "PARTIAL";
    shell.server.at("backupinstances", point)["drill"] = {
        {"job_id", job},
        {"left_out", {"ingresses.networking.k8s.io"}},
        {"workloads", {{{"object", "Deployment shop/web"}, {"state", "READY"}, {"message", ""}}}},
        {"problems",
         {{{"reason", "OBJECT_GONE"}, {"object", "Secret shop/a"}, {"message", "gone"}}}}};
  };

  EXPECT_EQ(shell.run("backup drill p --wait"), 6) << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("READY  Deployment shop/web\n"
                                     "left out: ingresses.networking.k8s.io\n"
                                     "OBJECT_GONE  Secret shop/a: gone\n"));
}

TEST_F(Verify, EvidenceOfADrillIsAskedForByItsKind) {
  for (const char* kind : {"VERIFY", "DRILL"}) {
    shell.server.add("kubeevidence",
                     {{"backupinst_id", point}, {"kind", kind}, {"document", kind}});
  }

  EXPECT_EQ(shell.run("backup evidence p --kind drill"), 0) << shell.err();
  EXPECT_EQ(shell.out(), "DRILL");
  EXPECT_EQ(shell.run("backup evidence p --kind other"), 2);
}

TEST_F(Verify, WithoutEvidenceItSaysHowToMakeSome) {
  EXPECT_EQ(shell.run("backup evidence p"), 3);

  EXPECT_THAT(shell.err(), HasSubstr("salvor backup verify " + point));
}

}  // namespace
}  // namespace salvor::cli
