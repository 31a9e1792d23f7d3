#include "proof/drill_verdict.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::proof {
namespace {

const SandboxMap kSandboxes = {{"shop", "drill-1-shop"}};

Living living(const std::string& kind, const std::string& name, Readiness readiness,
              const std::string& message = "") {
  return {"drill-1-shop", kind, name, readiness, message};
}

std::vector<Problem> claim_problems(const ClaimFacts& listed, bool is_restored) {
  SandboxLook look;
  look.claims = {living("PersistentVolumeClaim", "data", Readiness::waiting, "Pending")};
  DrillFindings findings;
  if (is_restored) {
    findings.add_restored({{"kind", "PersistentVolumeClaim"},
                           {"source_namespace", "shop"},
                           {"source_name", "data"},
                           {"state", "DONE"}});
  }
  return problems_of(look, kSandboxes, findings,
                     {.namespaces = {}, .claims = {{"shop/data", listed}}});
}

TEST(DrillVerdict, AClaimThatHadAVolumeMustGetOne) {
  const std::vector<Problem> problems = claim_problems({"fast", "pv-1"}, true);

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].reason, Reason::claim_not_bound);
  EXPECT_EQ(problems[0].object, "PersistentVolumeClaim shop/data");
}

TEST(DrillVerdict, AClaimThatHadNoneOrWasNotRestoredIsNoFurtherProblem) {
  EXPECT_TRUE(claim_problems({"fast", ""}, true).empty());
  EXPECT_TRUE(claim_problems({"fast", "pv-1"}, false).empty());
}

TEST(DrillVerdict, CountsAndShowsWhatWasSeen) {
  DrillFacts facts;
  facts.sandboxes = kSandboxes;
  facts.objects = 3;
  facts.look.workloads = {living("Deployment", "web", Readiness::ready),
                          living("DaemonSet", "agent", Readiness::left_out, "needs its node")};
  facts.look.claims = {living("PersistentVolumeClaim", "data", Readiness::ready)};
  facts.refused = {{"Pod shop/debug", "violates PodSecurity"}};

  const Json verdict = verdict_of(facts);

  EXPECT_EQ(verdict["state"], "PASSED");
  EXPECT_EQ(verdict["num_ready"], 1);
  EXPECT_EQ(verdict["num_workloads"], 3);
  EXPECT_EQ(verdict["workloads"][1]["object"], "DaemonSet shop/agent");
  EXPECT_EQ(verdict["workloads"][2]["state"], "LEFT_OUT");
  EXPECT_EQ(message_of(verdict), "3 objects, 1 volume and 1 workload came back");
}

TEST(DrillVerdict, SaysFirstWhatIsWrong) {
  DrillFacts facts;
  facts.problems = {{Reason::workload_not_ready, "Deployment shop/web", "0 of 1 pods are ready"}};

  EXPECT_EQ(message_of(verdict_of(facts)), "DOUBTFUL: Deployment shop/web: 0 of 1 pods are ready");
}

TEST(DrillVerdict, TheRecoveryPointGetsTheFirstHundred) {
  DrillFacts facts;
  for (int i = 0; i < 150; ++i)
    facts.problems.push_back({Reason::object_gone, "Secret shop/" + std::to_string(i), "gone"});

  const Json verdict = verdict_of(facts);

  EXPECT_EQ(verdict["problems"].size(), 150U);
  EXPECT_EQ(brief(verdict)["problems"].size(), 100U);
  EXPECT_EQ(brief(verdict)["num_problems"], 150);
  EXPECT_EQ(brief(verdict)["state"], "NOT_WHOLE");
}

}  // namespace
}  // namespace salvor::proof
