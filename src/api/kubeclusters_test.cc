#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/testing/server.h"
#include "base/seal.h"

namespace salvor::api {
namespace {

using testing::Reply;
using testing::Server;

class KubeclustersTest : public ::testing::Test {
 protected:
  std::string etag(const std::string& id) { return server.get("kubeclusters/" + id).body["_etag"]; }
  std::string opened(const std::string& id) {
    const auto secret =
        Sealer(std::string(32, 'k')).open(server.stored("kubeclusters", id)["kubeconfig"]);
    return secret ? *secret : secret.error().describe();
  }
  Server server;
};

TEST_F(KubeclustersTest, ANameAloneIsEnough) {
  const Reply reply = server.post("kubeclusters", {{"name", "c"}});

  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.body["status"]["state"], "PENDING");
  EXPECT_EQ(server.calls.clusters_changed,
            std::vector<std::string>{reply.body["_id"].get<std::string>()});
}

TEST_F(KubeclustersTest, AKubeconfigIsSealedAndNeverShown) {
  const Reply reply =
      server.post("kubeclusters", {{"name", "c"}, {"kubeconfig", "apiVersion: v1"}});

  const std::string id = reply.body["_id"];
  EXPECT_EQ(reply.body["status"]["state"], "REGISTERED");
  EXPECT_EQ(reply.text.find("kubeconfig"), std::string::npos);
  EXPECT_TRUE(Sealer::is_sealed(server.stored("kubeclusters", id)["kubeconfig"]));
  EXPECT_EQ(opened(id), "apiVersion: v1");
}

TEST_F(KubeclustersTest, AKubeconfigThatCannotBeReadIsRefused) {
  const Reply reply = server.post("kubeclusters", {{"name", "c"}, {"kubeconfig", "broken"}});

  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.issues()["kubeconfig"], "kubeconfig has no current context");
}

TEST_F(KubeclustersTest, ThereIsOneWayToACluster) {
  const Reply reply =
      server.post("kubeclusters", {{"name", "c"}, {"kubeconfig", "x"}, {"in_cluster", true}});

  EXPECT_EQ(reply.status, 422);
  EXPECT_TRUE(reply.issues().contains("kubeconfig"));
}

TEST_F(KubeclustersTest, PutOfANameKeepsTheStatusAndTheKubeconfig) {
  const std::string id =
      server.post("kubeclusters", {{"name", "c"}, {"kubeconfig", "kept"}}).body["_id"];
  server.edit("kubeclusters", id, {{"status", {{"state", "ACTIVE"}, {"version", "v1.31"}}}});

  const Reply reply = server.put("kubeclusters/" + id, {{"name", "d"}}, etag(id));

  EXPECT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.body["status"]["state"], "ACTIVE");
  EXPECT_EQ(reply.body["status"]["version"], "v1.31");
  EXPECT_EQ(opened(id), "kept");
}

TEST_F(KubeclustersTest, ANewKubeconfigReplacesTheOldOne) {
  const std::string id =
      server.post("kubeclusters", {{"name", "c"}, {"kubeconfig", "old"}}).body["_id"];

  server.patch("kubeclusters/" + id, {{"kubeconfig", "new"}}, etag(id));

  EXPECT_EQ(opened(id), "new");
  EXPECT_EQ(server.calls.clusters_changed.size(), 2U);
}

TEST_F(KubeclustersTest, ATextThatLooksSealedIsSealedAllTheSame) {
  const std::string id =
      server.post("kubeclusters", {{"name", "c"}, {"kubeconfig", "sealed:v1:abc"}}).body["_id"];

  EXPECT_EQ(opened(id), "sealed:v1:abc");
}

TEST_F(KubeclustersTest, InClusterTakesThePlaceOfTheKubeconfig) {
  const std::string id =
      server.post("kubeclusters", {{"name", "c"}, {"kubeconfig", "old"}}).body["_id"];

  const Reply reply = server.patch("kubeclusters/" + id, {{"in_cluster", true}}, etag(id));

  EXPECT_EQ(reply.status, 200) << reply.text;
  EXPECT_FALSE(server.stored("kubeclusters", id).contains("kubeconfig"));
}

TEST_F(KubeclustersTest, APendingOneIsRegisteredOnceItCanBeReached) {
  const std::string id = server.post("kubeclusters", {{"name", "c"}}).body["_id"];

  const Reply reply = server.patch("kubeclusters/" + id, {{"kubeconfig", "x"}}, etag(id));

  EXPECT_EQ(reply.body["status"]["state"], "REGISTERED");
}

TEST_F(KubeclustersTest, DeleteIsRefusedOnlyWhileAJobRunsOnIt) {
  const std::string id = server.cluster();
  server.recovery_point(id);
  const std::string job = server.insert(
      "jobs", {{"name", "j"}, {"type", "K8S_SNAP"}, {"state", "RUNNING"}, {"cluster", id}});

  const Reply refused = server.remove("kubeclusters/" + id);
  server.edit("jobs", job, {{"state", "FAILED"}});
  const Reply done = server.remove("kubeclusters/" + id);

  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(done.status, 204);
  EXPECT_EQ(server.calls.clusters_changed.back(), id);
}

TEST_F(KubeclustersTest, AskingForMetricsDoesNoHarm) {
  const std::string id = server.cluster();

  const Reply reply =
      server.get("kubeclusters/" + id +
                 "?metrics={\"days\": 7}&embedded={\"backup_provider.user_objectstore\":1}");

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body["name"], "testcluster");
}

}  // namespace
}  // namespace salvor::api
