#include "proof/drill_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::proof {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Json row(const std::string& kind, const std::string& name, const std::string& state,
         const std::string& reason, const std::string& message = "") {
  return {{"kind", kind},
          {"source_namespace", kind == "Namespace" ? "" : "shop"},
          {"source_name", name},
          {"state", state},
          {"reason", reason},
          {"message", message},
          {"resource", kind == "Pod" ? "pods" : "others"}};
}

std::vector<std::string> found(const DrillFindings& findings, const Listed& listed = {}) {
  std::vector<std::string> lines;
  for (const Problem& problem : findings.problems(listed)) {
    lines.push_back(std::string(row_of(problem.reason).name) + " " + problem.object + ": " +
                    problem.message);
  }
  return lines;
}

TEST(DrillFindings, WhatCameBackOrIsNeverRestoredIsNoProblem) {
  DrillFindings findings;
  findings.add_restored(row("Secret", "a", "DONE", "CREATED"));
  findings.add_restored(row("ServiceAccount", "b", "KEPT", "UNCHANGED"));
  findings.add_restored(row("Pod", "c", "SKIPPED", "CONTROLLED"));

  EXPECT_THAT(found(findings), IsEmpty());
  EXPECT_EQ(findings.objects(), 2U);
  EXPECT_TRUE(findings.has_restored("Secret shop/a"));
  EXPECT_FALSE(findings.has_restored("Pod shop/c"));
}

TEST(DrillFindings, EachReasonOfARestoreHasItsOwnMeaning) {
  DrillFindings findings;
  findings.add_restored(row("Secret", "a", "FAILED", "INVALID", "too odd"));
  findings.add_restored(row("Widget", "b", "FAILED", "UNSUPPORTED_VERSION", "not served"));
  findings.add_restored(row("PersistentVolumeClaim", "c", "FAILED", "SNAPSHOT_UNUSABLE", "lost"));
  findings.add_restored(row("PersistentVolumeClaim", "d", "PARTIAL", "VOLUME_EMPTY", "no data"));
  findings.add_restored(
      row("Pod", "e", "FAILED", "ADMISSION_REFUSED", "no PriorityClass with name high was found"));
  findings.add_restored(row("Secret", "f", "FAILED", "DAMAGED_ITEM"));

  EXPECT_THAT(
      found(findings, {.namespaces = {}, .claims = {{"shop/c", {}}, {"shop/d", {}}}}),
      ElementsAre("NOT_RESTORED Secret shop/a: INVALID: too odd",
                  "NOT_DRILLED Widget shop/b: UNSUPPORTED_VERSION: not served",
                  "SNAPSHOT_UNUSABLE PersistentVolumeClaim shop/c: SNAPSHOT_UNUSABLE: lost",
                  "VOLUME_EMPTY PersistentVolumeClaim shop/d: VOLUME_EMPTY: no data",
                  "NOT_DRILLED Pod shop/e: ADMISSION_REFUSED: no PriorityClass with name high was "
                  "found",
                  "OBJECT_DAMAGED Secret shop/f: DAMAGED_ITEM"));
}

TEST(DrillFindings, WhatWasNotTriedIsNoFinding) {
  DrillFindings findings;
  findings.add_restored(row("Secret", "a", "FAILED", "UNREACHABLE", "no answer"));

  EXPECT_EQ(findings.undecided(), "Secret shop/a: UNREACHABLE: no answer");
  EXPECT_THAT(found(findings), IsEmpty());
}

TEST(DrillFindings, APodThatTheSandboxRefusesIsNoProblem) {
  DrillFindings findings;
  findings.add_restored(row("Pod", "agent", "FAILED", "ADMISSION_REFUSED",
                            "pods \"agent\" is forbidden: violates PodSecurity"));

  EXPECT_THAT(found(findings), IsEmpty());
  EXPECT_EQ(findings.refused().count("Pod shop/agent"), 1U);
}

TEST(DrillFindings, ThePlanMadeAgainTellsWhatIsGoneAndWhatDiffers) {
  DrillFindings findings;
  for (const char* name : {"same", "gone", "changed", "defaulted"})
    findings.add_restored(row("ConfigMap", name, "DONE", "CREATED"));
  findings.add_restored(row("ConfigMap", "never", "FAILED", "INVALID"));
  findings.add_planned(row("ConfigMap", "same", "KEPT", "UNCHANGED"));
  findings.add_planned(row("ConfigMap", "gone", "DONE", "CREATED"));
  Json changed = row("ConfigMap", "changed", "DONE", "REPLACED");
  changed["diff"] = {{{"path", "/data/a"}, {"before", "hidden"}, {"after", "b"}}};
  findings.add_planned(changed);
  Json defaulted = row("ConfigMap", "defaulted", "DONE", "REPLACED");
  defaulted["diff"] = {{{"path", "/spec/sessionAffinity"}, {"before", "None"}}};
  findings.add_planned(defaulted);
  findings.add_restored(row("PersistentVolumeClaim", "data", "DONE", "CREATED"));
  Json grown = row("PersistentVolumeClaim", "data", "DONE", "REPLACED");
  grown["diff"] = {
      {{"path", "/spec/resources/requests/storage"}, {"before", "2Gi"}, {"after", "1Gi"}}};
  findings.add_planned(grown);
  findings.add_planned(row("ConfigMap", "never", "DONE", "CREATED"));

  EXPECT_THAT(found(findings, {.namespaces = {}, .claims = {{"shop/data", {}}}}),
              ElementsAre("NOT_RESTORED ConfigMap shop/never: INVALID",
                          "OBJECT_GONE ConfigMap shop/gone: it was restored and is not there any "
                          "more",
                          "OBJECT_DIFFERS ConfigMap shop/changed: not as archived: /data/a"));
}

TEST(DrillFindings, HoldsTheArchiveAgainstTheLists) {
  DrillFindings findings;
  findings.add_restored(row("Namespace", "shop", "DONE", "CREATED"));
  findings.add_restored(row("PersistentVolumeClaim", "data", "DONE", "CREATED"));

  EXPECT_THAT(
      found(findings, {.namespaces = {"shop", "gone"}, .claims = {{"shop/logs", {}}}}),
      ElementsAre("OBJECT_NOT_ARCHIVED namespace gone: the archive does not have it",
                  "OBJECT_NOT_ARCHIVED claim shop/logs: the archive does not have it",
                  "CLAIM_UNKNOWN claim shop/data: it came back without data, as the recovery "
                  "point does not list it"));
}

TEST(DrillFindings, OnlyDrilledNamespacesAreHeldAgainstIt) {
  const Listed some =
      restricted_to({.namespaces = {"shop", "other"}, .claims = {{"shop/a", {}}, {"other/b", {}}}},
                    {{"shop", "drill-1-shop"}});

  EXPECT_THAT(some.namespaces, ElementsAre("shop"));
  EXPECT_EQ(some.claims.size(), 1U);
}

}  // namespace
}  // namespace salvor::proof
