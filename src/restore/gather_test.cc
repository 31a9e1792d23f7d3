#include "restore/gather.h"

#include <gtest/gtest.h>

#include "kube/testing/fake_cluster.h"
#include "kube/testing/instant_clock.h"
#include "restore/testing/actor_fixture.h"

namespace salvor::restore {
namespace {

using testing::json;
using testing::object;

struct Gather : testing::ActorFixture {
  ClusterFacts facts() { return gather_facts(context, cluster).value(); }
};

TEST_F(Gather, ReadsWhatThePlannerAsksFor) {
  cluster.seed(object("storage.k8s.io/v1", "StorageClass", "", "fast",
                      json(R"({"provisioner": "csi.example.com"})")));
  cluster.seed(object("v1", "PersistentVolume", "", "nfs",
                      json(R"({"spec": {"csi": {"volumeHandle": "disk-7"}}})")));
  cluster.seed(object("v1", "PersistentVolume", "", "local",
                      json(R"({"spec": {"claimRef": {"namespace": "a", "name": "b"}},
                               "status": {"phase": "Released"}})")));
  cluster.seed(object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "", "reads"));

  const ClusterFacts found = facts();

  EXPECT_EQ(found.storage_classes.at("fast").provisioner, "csi.example.com");
  EXPECT_EQ(found.volumes.at("local").claim, "a/b");
  EXPECT_TRUE(found.volumes.at("local").is_released);
  EXPECT_EQ(found.volumes.at("nfs").claim, "");
  EXPECT_FALSE(found.volumes.at("nfs").is_released);
  EXPECT_EQ(found.volume_handles, (std::map<std::string, std::string>{{"disk-7", "nfs"}}));
  EXPECT_TRUE(found.existing_copyable.contains(
      {"clusterrolebindings.rbac.authorization.k8s.io", "", "reads"}));
  EXPECT_EQ(found.namespaces.at("shop"), NamespaceState::active);
  EXPECT_NE(found.discovery.find("apps", "deployments"), nullptr);
  EXPECT_TRUE(found.default_classes.empty());
}

TEST_F(Gather, SeesNamespacesThatEnd) {
  cluster.seed(object("v1", "Namespace", "", "old",
                      json(R"({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}})")));

  EXPECT_EQ(facts().namespaces.at("old"), NamespaceState::terminating);
}

TEST_F(Gather, SeesDefaultsOfEachKind) {
  cluster.seed(object("storage.k8s.io/v1", "StorageClass", "", "fast", json(R"({"metadata":
      {"annotations": {"storageclass.beta.kubernetes.io/is-default-class": "true"}}})")));
  cluster.seed(object("networking.k8s.io/v1", "IngressClass", "", "edge", json(R"({"metadata":
      {"annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}}})")));
  cluster.seed(object("scheduling.k8s.io/v1", "PriorityClass", "", "high",
                      json(R"({"globalDefault": true})")));

  EXPECT_EQ(facts().default_classes, (std::set<std::string>{"ingressclasses.networking.k8s.io",
                                                            "priorityclasses.scheduling.k8s.io",
                                                            "storageclasses.storage.k8s.io"}));
}

TEST_F(Gather, ReadsAllPages) {
  for (int i = 0; i < 1200; ++i)
    cluster.seed(object("v1", "PersistentVolume", "", "pv-" + std::to_string(i)));

  EXPECT_EQ(facts().volumes.size(), 1200U);
}

TEST_F(Gather, DoesWithoutKindsThatAreNotServed) {
  cluster.withdraw("ingressclasses.networking.k8s.io");
  cluster.withdraw("priorityclasses.scheduling.k8s.io");

  EXPECT_TRUE(gather_facts(context, cluster).ok());
}

TEST_F(Gather, SaysWhatItMayNotRead) {
  refuse(kube::Verb::list, testing::refused(403, "User \"salvor\" cannot list resource"), 1);

  const auto gathered = gather_facts(context, cluster);

  ASSERT_FALSE(gathered.ok());
  EXPECT_EQ(gathered.error().code, ErrorCode::denied);
  EXPECT_EQ(gathered.error().message, "listing namespaces: User \"salvor\" cannot list resource");
}

}  // namespace
}  // namespace salvor::restore
