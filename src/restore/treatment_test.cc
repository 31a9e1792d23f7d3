// What a restore's definition says of single treatments, in whole restores.
#include <gtest/gtest.h>

#include "kube/status.h"
#include "restore/testing/bench.h"
#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::Bench;
using testing::json;
using testing::object;

class Treatment : public ::testing::Test {
 protected:
  // The job of a restore of these objects with these fields.
  std::string restored(const std::vector<Json>& objects, const Json& fields = Json::object()) {
    const std::string job = bench.add(objects, fields);
    bench.run(job, cluster);
    return job;
  }
  std::string reason(const std::string& job, const std::string& name) {
    for (const Json& row : bench.rows(job)) {
      if (row["name"] == name) return row["reason"];
    }
    return "";
  }

  Bench bench;
  kube::FakeCluster cluster{bench.clock};
};

const Json kSpace = object("v1", "Namespace", "", "shop");

// ---- pruning

TEST_F(Treatment, PrunesWhatTheBackupHasNot) {
  cluster.seed(kSpace);
  cluster.seed(object("v1", "ConfigMap", "shop", "new"));
  cluster.seed(object("v1", "ConfigMap", "shop", "kept"));
  cluster.seed(object("v1", "PersistentVolumeClaim", "shop", "data"));
  cluster.seed(object("v1", "ConfigMap", "elsewhere", "new"));
  cluster.settle();

  const std::string job =
      restored({kSpace, object("v1", "ConfigMap", "shop", "kept")}, {{"prune", true}});

  EXPECT_EQ(reason(job, "new"), "PRUNED");
  EXPECT_FALSE(cluster.peek("configmaps", {"shop", "new"}));
  EXPECT_TRUE(cluster.peek("configmaps", {"shop", "kept"}));
  EXPECT_TRUE(cluster.peek("configmaps", {"shop", "kube-root-ca.crt"}));
  EXPECT_TRUE(cluster.peek("serviceaccounts", {"shop", "default"}));
  EXPECT_TRUE(cluster.peek("persistentvolumeclaims", {"shop", "data"}));
  EXPECT_TRUE(cluster.peek("configmaps", {"elsewhere", "new"}));
  EXPECT_EQ(bench.job(job)["state"], "COMPLETED");
}

TEST_F(Treatment, PrunesNothingUnlessAsked) {
  cluster.seed(kSpace);
  cluster.seed(object("v1", "ConfigMap", "shop", "new"));

  restored({kSpace});

  EXPECT_TRUE(cluster.peek("configmaps", {"shop", "new"}));
}

TEST_F(Treatment, PrunesOnlyWhatIsSelected) {
  const Json labels = {{"metadata", {{"labels", {{"app", "web"}}}}}};
  cluster.seed(kSpace);
  cluster.seed(object("v1", "ConfigMap", "shop", "other"));
  cluster.seed(object("v1", "ConfigMap", "shop", "mine", labels));
  cluster.seed(object("v1", "Secret", "shop", "secret", labels));

  restored({object("v1", "ConfigMap", "shop", "a", labels)},
           {{"prune", true},
            {"selection",
             {{"all_namespaces", true},
              {"label_selector", {{"app", "web"}}},
              {"include_resource_types", {"configmaps"}}}}});

  EXPECT_FALSE(cluster.peek("configmaps", {"shop", "mine"}));
  EXPECT_TRUE(cluster.peek("configmaps", {"shop", "other"}));
  EXPECT_TRUE(cluster.peek("secrets", {"shop", "secret"}));
}

TEST_F(Treatment, WhatWasPrunedComesBackWithAnUndo) {
  cluster.seed(kSpace);
  cluster.seed(object("v1", "ConfigMap", "shop", "new", json(R"({"data": {"a": "b"}})")));
  const std::string job =
      restored({kSpace, object("v1", "Secret", "shop", "a")}, {{"prune", true}});

  const std::string undo = bench.add_undo(job);
  bench.run(undo, cluster);

  EXPECT_EQ(bench.job(undo)["state"], "COMPLETED") << bench.job(undo)["message"];
  EXPECT_EQ(cluster.peek("configmaps", {"shop", "new"})->at("data").at("a"), "b");
  EXPECT_FALSE(cluster.peek("secrets", {"shop", "a"}));
}

TEST_F(Treatment, WaitsOutFailuresOfPruning) {
  cluster.seed(kSpace);
  cluster.seed(object("v1", "ConfigMap", "shop", "new"));
  cluster.fault({.verb = kube::Verb::remove}, kube::FaultKind::internal_error, 2);
  cluster.fault({.verb = kube::Verb::remove}, kube::FaultKind::dropped_after_write, 1);

  const std::string job =
      restored({kSpace, object("v1", "Secret", "shop", "a")}, {{"prune", true}});

  EXPECT_EQ(reason(job, "new"), "PRUNED");
  EXPECT_TRUE(cluster.unfired_faults().empty());
}

// ---- status

const Json kClaim = object("v1", "PersistentVolumeClaim", "shop", "data",
                           json(R"({"spec": {}, "status": {"phase": "Lost"}})"));

TEST_F(Treatment, RestoresTheStatusOfTheTypesThatAreNamed) {
  const std::string job =
      restored({kSpace, kClaim}, {{"status_resource_types", {"persistentvolumeclaims"}}});

  EXPECT_EQ(reason(job, "data"), "CREATED");
  EXPECT_EQ(cluster.peek("persistentvolumeclaims", {"shop", "data"})->at("status").at("phase"),
            "Lost");
}

TEST_F(Treatment, SaysWhenTheStatusWasNotTaken) {
  cluster.on_request([](const kube::FakeRequest& request) -> Result<void> {
    if (request.verb != kube::Verb::patch) return {};
    return kube::to_error({.code = 422, .message = "status is invalid"}, kube::Access::write);
  });

  const std::string job =
      restored({kSpace, kClaim}, {{"status_resource_types", {"persistentvolumeclaims"}}});

  EXPECT_EQ(reason(job, "data"), "STATUS_LEFT");
  EXPECT_EQ(bench.job(job)["state"], "PARTIAL");
}

// ---- addresses, finalizers, marks

Json service(const std::string& name, int port) {
  return object("v1", "Service", "shop", name,
                {{"spec",
                  {{"type", "NodePort"},
                   {"clusterIP", "10.0.0.77"},
                   {"clusterIPs", {"10.0.0.77"}},
                   {"ports", {{{"port", 80}, {"nodePort", port}}}}}}});
}

TEST_F(Treatment, GivesFreshNodePortsWhenAsked) {
  restored({kSpace, service("web", 30999)}, {{"service_node_ports", "fresh"}});

  EXPECT_NE(
      cluster.peek("services", {"shop", "web"})->at("spec").at("ports").at(0).value("nodePort", 0),
      30999);
}

TEST_F(Treatment, FailsATakenNodePortThatMustBeKept) {
  cluster.seed(kSpace);
  cluster.seed(service("other", 30999));

  const std::string job =
      restored({kSpace, service("web", 30999)}, {{"service_node_ports", "keep"}});

  EXPECT_EQ(reason(job, "web"), "INVALID");
}

TEST_F(Treatment, KeepsClusterAddressesWhenAsked) {
  restored({kSpace, service("web", 30999)}, {{"service_cluster_ips", "keep_if_free"}});

  EXPECT_EQ(cluster.peek("services", {"shop", "web"})->at("spec").at("clusterIP"), "10.0.0.77");
}

TEST_F(Treatment, KeepsOrDropsFinalizersWhenAsked) {
  const Json held = object("v1", "ConfigMap", "shop", "held",
                           json(R"({"metadata": {"finalizers": ["example.com/hold"]}})"));
  restored({kSpace, held}, {{"finalizers", "keep"}});
  EXPECT_EQ(cluster.peek("configmaps", {"shop", "held"})->at("metadata").at("finalizers"),
            json(R"(["example.com/hold"])"));

  restored({object("v1", "Namespace", "", "other"),
            object("v1", "ConfigMap", "other", "held",
                   json(R"({"metadata": {"finalizers": ["example.com/hold"]}})"))},
           {{"finalizers", "drop"}});
  EXPECT_FALSE(
      cluster.peek("configmaps", {"other", "held"})->at("metadata").contains("finalizers"));
}

TEST_F(Treatment, StripsGitOpsMarksWhenAsked) {
  const Json marked = object("v1", "ConfigMap", "shop", "a", json(R"({"metadata": {
      "labels": {"kustomize.toolkit.fluxcd.io/name": "apps", "app": "a"},
      "annotations": {"argocd.argoproj.io/tracking-id": "a:/ConfigMap:shop/a"}}})"));

  restored({kSpace, marked}, {{"gitops_marks", "strip"}});

  const Json metadata = cluster.peek("configmaps", {"shop", "a"})->at("metadata");
  EXPECT_EQ(metadata.at("labels"), json(R"({"app": "a"})"));
  EXPECT_TRUE(member(metadata, "annotations").empty());
}

TEST_F(Treatment, RefusesWordsThatItDoesNotKnow) {
  for (const char* field :
       {"service_node_ports", "service_cluster_ips", "finalizers", "gitops_marks"}) {
    const auto options =
        parse_options({{"selection", {{"all_namespaces", true}}}, {field, "whatever"}});
    ASSERT_FALSE(options.ok());
    EXPECT_NE(options.error().message.find(field), std::string::npos);
  }
}

}  // namespace
}  // namespace salvor::restore
