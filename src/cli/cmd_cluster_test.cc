#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/shell.h"
#include "cli/yaml.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using testing::Shell;

class AddCluster : public ::testing::Test {
 protected:
  AddCluster() {
    shell.home.write("ca.crt", "CA");
    config = shell.home.write("config", R"(
current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}, {name: d, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://k", certificate-authority: ca.crt}}]
users: [{name: u, user: {token: t}}]
)");
  }
  const Json& added() { return shell.server.all("kubeclusters").at(0); }
  Shell shell;
  std::string config;
};

TEST_F(AddCluster, SendsAKubeconfigThatNeedsNoFiles) {
  ASSERT_EQ(shell.run("cluster add prod --context d --kubeconfig " + config), 0) << shell.err();

  EXPECT_EQ(shell.out(), "cluster 'prod' added\n");
  const Json sent = *parse_yaml(text_at(added(), "kubeconfig"));
  EXPECT_EQ(sent["current-context"], "d");
  EXPECT_EQ(sent["contexts"].size(), 1U);
  EXPECT_EQ(sent["clusters"][0]["cluster"]["certificate-authority-data"], "Q0E=");
}

TEST_F(AddCluster, MayBeTheServersOwn) {
  ASSERT_EQ(shell.run("cluster add here --in-cluster"), 0) << shell.err();

  EXPECT_EQ(added()["in_cluster"], true);
  EXPECT_FALSE(added().contains("kubeconfig"));
}

TEST_F(AddCluster, NeedsExactlyOneWayToReachIt) {
  EXPECT_EQ(shell.run("cluster add prod"), 2);
  EXPECT_EQ(shell.run("cluster add prod --in-cluster --kubeconfig " + config), 2);
  EXPECT_EQ(shell.run("cluster add prod --in-cluster --context c"), 2);
  EXPECT_TRUE(shell.server.log.empty());
}

TEST_F(AddCluster, WaitsUntilTheServerHasReachedIt) {
  int waits = 0;
  shell.clock.on_wait = [&] {
    if (++waits == 3) {
      shell.server.at("kubeclusters", added()["_id"])["status"] = {{"state", "ACTIVE"}};
    }
  };

  EXPECT_EQ(shell.run("cluster add prod --wait --kubeconfig " + config), 0) << shell.err();

  EXPECT_EQ(shell.out(), "cluster 'prod' added and ACTIVE\n");
  EXPECT_EQ(waits, 3);
}

TEST_F(AddCluster, TellsWhyItIsNotActiveInTime) {
  shell.clock.on_wait = [&] {
    shell.server.at("kubeclusters", added()["_id"])["status"] = {{"state", "PENDING"},
                                                                 {"message", "no route"}};
  };

  EXPECT_EQ(shell.run("cluster add prod --wait --timeout 10s --kubeconfig " + config), 8);
  EXPECT_THAT(shell.err(), HasSubstr("is PENDING, not ACTIVE, after 10s: no route"));
}

TEST_F(AddCluster, ListsThem) {
  shell.run("cluster add here --in-cluster");

  EXPECT_EQ(shell.run("cluster list"), 0);
  EXPECT_THAT(shell.out(), HasSubstr("here"));
}

}  // namespace
}  // namespace salvor::cli
