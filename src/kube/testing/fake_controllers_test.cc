#include "kube/testing/fake_controllers.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "kube/testing/fake_cluster.h"
#include "kube/testing/instant_clock.h"

namespace salvor::kube {
namespace {

Json object(const char* api_version, const char* kind, const char* name, Json spec) {
  return {{"apiVersion", api_version},
          {"kind", kind},
          {"metadata", {{"name", name}, {"namespace", "shop"}}},
          {"spec", std::move(spec)}};
}

Json web_spec(int replicas) {
  const Json labels = {{"app", "web"}};
  const Json container = {{"name", "main"}, {"image", "web:1"}};
  return {
      {"replicas", replicas},
      {"selector", {{"matchLabels", labels}}},
      {"template",
       {{"metadata", {{"labels", labels}}}, {"spec", {{"containers", Json::array({container})}}}}}};
}

class FakeControllersTest : public testing::Test {
 protected:
  std::size_t count(const std::string& kind) {
    std::size_t found = 0;
    for (const Json& present : cluster.everything()) found += text_at(present, "kind") == kind;
    return found;
  }
  std::string phase(const std::string& group_resource, const ObjectKey& key) {
    const auto found = cluster.peek(group_resource, key);
    return found ? text_at(member(*found, "status"), "phase") : "absent";
  }

  InstantClock clock;
  Context context{clock, null_log(), {}, {}};
  FakeCluster cluster{clock,
                      {.controllers = Controllers::stepped, .workloads = Workloads::running}};
  const ResourceType deployments{.group = "apps",
                                 .version = "v1",
                                 .resource = "deployments",
                                 .kind = "Deployment",
                                 .namespaced = true};
};

TEST_F(FakeControllersTest, RunADeployment) {
  cluster.seed(object("apps/v1", "Deployment", "web", web_spec(3)));

  cluster.settle();

  EXPECT_EQ(count("ReplicaSet"), 1U);
  EXPECT_EQ(count("Pod"), 3U);
  const auto web = cluster.peek("deployments.apps", {"shop", "web"});
  EXPECT_EQ(web->at("status").at("readyReplicas"), 3);
}

TEST_F(FakeControllersTest, AdoptARestoredReplicaSetAndItsPods) {
  Json set = object("apps/v1", "ReplicaSet", "web-abc", web_spec(1));
  set["metadata"]["labels"] = {{"app", "web"}};
  Json pod = object("v1", "Pod", "web-abc-1", web_spec(1).at("template").at("spec"));
  pod["metadata"]["labels"] = {{"app", "web"}};
  cluster.seed(pod);
  cluster.seed(set);
  cluster.seed(object("apps/v1", "Deployment", "web", web_spec(1)));

  cluster.settle();

  EXPECT_EQ(count("ReplicaSet"), 1U);
  EXPECT_EQ(count("Pod"), 1U);
  const auto adopted = cluster.peek("replicasets.apps", {"shop", "web-abc"});
  EXPECT_EQ(adopted->at("metadata").at("ownerReferences").at(0).at("name"), "web");
}

TEST_F(FakeControllersTest, RemoveADeploymentsPodsWithIt) {
  cluster.seed(object("apps/v1", "Deployment", "web", web_spec(2)));
  cluster.settle();

  ASSERT_TRUE(cluster.remove(context, deployments, {"shop", "web"}, {}).ok());
  cluster.settle();

  EXPECT_EQ(count("ReplicaSet"), 0U);
  EXPECT_EQ(count("Pod"), 0U);
}

TEST_F(FakeControllersTest, NumberAStatefulSetsPods) {
  cluster.seed(object("apps/v1", "StatefulSet", "db", web_spec(2)));

  cluster.settle();

  EXPECT_EQ(phase("pods", {"shop", "db-0"}), "Running");
  EXPECT_EQ(phase("pods", {"shop", "db-1"}), "Running");
}

TEST_F(FakeControllersTest, BindAClaimToTheVolumeItNames) {
  Json volume = object("v1", "PersistentVolume", "pv1", {{"capacity", {{"storage", "1Gi"}}}});
  volume["metadata"].erase("namespace");
  cluster.seed(volume);
  cluster.seed(object("v1", "PersistentVolumeClaim", "data", {{"volumeName", "pv1"}}));

  cluster.settle();

  EXPECT_EQ(phase("persistentvolumeclaims", {"shop", "data"}), "Bound");
  EXPECT_EQ(phase("persistentvolumes", {"", "pv1"}), "Bound");
}

TEST_F(FakeControllersTest, DoNotBindAVolumeThatIsReservedForAnother) {
  Json volume = object("v1", "PersistentVolume", "pv1",
                       {{"claimRef", {{"namespace", "shop"}, {"name", "data"}, {"uid", "old"}}}});
  volume["metadata"].erase("namespace");
  cluster.seed(volume);
  cluster.seed(object("v1", "PersistentVolumeClaim", "data", {{"volumeName", "pv1"}}));

  cluster.settle();

  EXPECT_NE(phase("persistentvolumeclaims", {"shop", "data"}), "Bound");
}

}  // namespace
}  // namespace salvor::kube
