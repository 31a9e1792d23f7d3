#include "proof/sandbox_look.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kube/testing/fake_cluster.h"
#include "kube/testing/instant_clock.h"
#include "restore/testing/objects.h"

namespace salvor::proof {
namespace {

using restore::testing::json;
using restore::testing::object;
using ::testing::HasSubstr;

Json workload(const std::string& kind, const std::string& spec, const std::string& status) {
  Json made = object(kind == "Job" ? "batch/v1" : "apps/v1", kind, "sandbox", "web",
                     json(R"({"metadata": {"generation": 2}})"));
  made["spec"] = json(spec);
  made["status"] = json(status);
  return made;
}

TEST(JudgeWorkload, ADeploymentIsReadyWithAllItsPods) {
  const std::string two = R"({"replicas": 2})";
  EXPECT_EQ(judge_workload(
                workload("Deployment", two, R"({"observedGeneration": 2, "readyReplicas": 2})"))
                .readiness,
            Readiness::ready);
  EXPECT_EQ(judge_workload(workload("Deployment", R"({"replicas": 0})", "{}")).readiness,
            Readiness::ready);
  const Living one = judge_workload(
      workload("StatefulSet", two, R"({"observedGeneration": 2, "readyReplicas": 1})"));
  EXPECT_EQ(one.readiness, Readiness::waiting);
  EXPECT_EQ(one.message, "1 of 2 pods are ready");
}

TEST(JudgeWorkload, WhatItsControllerHasNotSeenYetIsNotReady) {
  EXPECT_EQ(judge_workload(
                workload("Deployment", "{}", R"({"observedGeneration": 1, "readyReplicas": 1})"))
                .readiness,
            Readiness::waiting);
  EXPECT_EQ(judge_workload(workload("DaemonSet", "{}", "{}")).readiness, Readiness::waiting);
}

TEST(JudgeWorkload, ADaemonSetWithoutANodeForItIsReady) {
  EXPECT_EQ(judge_workload(workload("DaemonSet", "{}",
                                    R"({"observedGeneration": 2, "desiredNumberScheduled": 0})"))
                .readiness,
            Readiness::ready);
}

TEST(JudgeWorkload, WhatIsPausedOrSuspendedIsLeftOut) {
  EXPECT_EQ(judge_workload(workload("Deployment", R"({"paused": true})", "{}")).readiness,
            Readiness::left_out);
  EXPECT_EQ(judge_workload(workload("Job", R"({"suspend": true})", "{}")).readiness,
            Readiness::left_out);
}

TEST(JudgeWorkload, AJobIsReadyWhenItsPodIsOrWas) {
  EXPECT_EQ(judge_workload(workload("Job", "{}", R"({"ready": 1})")).readiness, Readiness::ready);
  EXPECT_EQ(judge_workload(workload("Job", "{}", R"({"succeeded": 1})")).readiness,
            Readiness::ready);
  const Living failed = judge_workload(workload(
      "Job", "{}",
      R"({"conditions": [{"type": "Failed", "status": "True", "message": "too often"}]})"));
  EXPECT_EQ(failed.readiness, Readiness::waiting);
  EXPECT_EQ(failed.message, "too often");
}

TEST(NeedOfNode, FindsWhatASandboxRefuses) {
  EXPECT_EQ(need_of_node(json(R"({"containers": [{"ports": [{"containerPort": 80}]}]})")), "");
  EXPECT_EQ(need_of_node(json(R"({"hostNetwork": true})")), "its node's network");
  EXPECT_EQ(need_of_node(json(R"({"volumes": [{"emptyDir": {}}, {"hostPath": {"path": "/"}}]})")),
            "a folder of its node");
  EXPECT_EQ(need_of_node(json(R"({"containers": [{"ports": [{"hostPort": 80}]}]})")),
            "a port of its node");
  EXPECT_EQ(
      need_of_node(json(R"({"initContainers": [{"securityContext": {"privileged": true}}]})")),
      "a privileged container");
}

TEST(ObstacleOf, SaysWhatKeepsAPod) {
  Json pod = object("v1", "Pod", "sandbox", "p");
  pod["status"] = json(R"({"conditions": [
      {"type": "PodScheduled", "status": "False", "message": "0/1 nodes are available"}]})");
  EXPECT_EQ(obstacle_of(pod), "it is not scheduled: 0/1 nodes are available");
  pod["status"] = json(R"({"containerStatuses": [{"name": "c",
      "state": {"waiting": {"reason": "ErrImagePull", "message": "no such image"}}}]})");
  EXPECT_EQ(obstacle_of(pod), "container c waits: ErrImagePull: no such image");
  pod["status"] = json(R"({"containerStatuses": [{"name": "c",
      "state": {"terminated": {"exitCode": 3}}}]})");
  EXPECT_EQ(obstacle_of(pod), "container c ended with 3");
  pod["status"] = json(R"({"conditions": [{"type": "Ready", "status": "True"}]})");
  EXPECT_EQ(obstacle_of(pod), "");
}

class WaitForLife : public ::testing::Test {
 protected:
  SandboxLook wait(std::chrono::seconds most = std::chrono::seconds(10)) {
    auto seen = wait_for_life(context, cluster, {"sandbox"}, most);
    EXPECT_TRUE(seen.ok()) << seen.error().describe();
    return *std::move(seen);
  }
  void seed_claim(const std::string& name, const std::string& phase, const char* node = nullptr) {
    Json claim = object("v1", "PersistentVolumeClaim", "sandbox", name,
                        json(R"({"spec": {"storageClassName": "late"}})"));
    claim["status"]["phase"] = phase;
    if (node) claim["metadata"]["annotations"]["volume.kubernetes.io/selected-node"] = node;
    cluster.seed(claim);
  }

  kube::InstantClock clock;
  Context context{clock, null_log(), {}, {}};
  kube::FakeCluster cluster{clock};
};

TEST_F(WaitForLife, EndsWhenAllIsReady) {
  Json slow = workload("Deployment", R"({"replicas": 1})", "{}");
  cluster.seed(slow);
  int looks = 0;
  cluster.on_request([&](const kube::FakeRequest& request) -> Result<void> {
    if (request.group_resource != "deployments.apps" || ++looks < 3) return {};
    slow["status"] = json(R"({"observedGeneration": 2, "readyReplicas": 1})");
    cluster.seed(slow);
    return {};
  });

  const SandboxLook seen = wait();

  EXPECT_TRUE(seen.is_settled());
  EXPECT_EQ(looks, 3);
}

TEST_F(WaitForLife, SaysInTheEndWhatTheClusterSays) {
  cluster.seed(workload("Deployment", R"({"replicas": 1})", "{}"));
  cluster.seed(
      object("v1", "Event", "sandbox", "e", json(R"({"type": "Warning", "message": "cannot pull",
                               "lastTimestamp": "2026-01-01T00:00:00Z",
                               "involvedObject": {"name": "web-5d4f"}})")));

  const SandboxLook seen = wait();

  ASSERT_EQ(seen.workloads.size(), 1U);
  EXPECT_EQ(seen.workloads[0].message, "0 of 1 pods are ready; cannot pull");
}

TEST_F(WaitForLife, WhatTheSandboxItselfRefusesIsLeftOut) {
  cluster.seed(workload("Deployment", R"({"replicas": 1})", "{}"));
  cluster.seed(object("v1", "Event", "sandbox", "e",
                      json(R"({"type": "Warning", "involvedObject": {"name": "web-5d4f"},
                               "message": "pods is forbidden: violates PodSecurity baseline"})")));

  EXPECT_EQ(wait().workloads[0].readiness, Readiness::left_out);
}

TEST_F(WaitForLife, DoesNotWaitForWhatASandboxRefuses) {
  cluster.seed(workload("DaemonSet", R"({"template": {"spec": {"hostNetwork": true}}})", "{}"));

  const SandboxLook seen = wait(std::chrono::hours(1000));

  EXPECT_EQ(seen.workloads[0].readiness, Readiness::left_out);
  EXPECT_THAT(seen.workloads[0].message, HasSubstr("its node's network"));
}

TEST_F(WaitForLife, AControllersPodsAreNotLookedAtThemselves) {
  const Json set = workload("StatefulSet", R"({"replicas": 0})", "{}");
  cluster.seed(restore::testing::owned_by(object("v1", "Pod", "sandbox", "web-0"), set,
                                          restore::testing::Controls::yes));

  EXPECT_TRUE(wait().workloads.empty());
}

TEST_F(WaitForLife, TellsClaimsThatNobodyUsesFromThoseThatGetNoVolume) {
  cluster.seed(object("storage.k8s.io/v1", "StorageClass", "", "late",
                      json(R"({"volumeBindingMode": "WaitForFirstConsumer"})")));
  seed_claim("bound", "Bound", "node-1");
  seed_claim("unused", "Pending");
  seed_claim("stuck", "Pending", "node-1");

  const SandboxLook seen = wait();

  ASSERT_EQ(seen.unused_claims.size(), 1U);
  EXPECT_EQ(seen.unused_claims[0].name, "unused");
  ASSERT_EQ(seen.claims.size(), 2U);
  EXPECT_EQ(seen.claims[1].name, "stuck");
  EXPECT_EQ(seen.claims[1].readiness, Readiness::waiting);
}

}  // namespace
}  // namespace salvor::proof
