#include "restore/demands.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;

TEST(Demands, CountAnObjectUnderItsNames) {
  const Demand demand = demand_of("configmaps", json(R"({"data": {}})"));

  EXPECT_EQ(demand.items, (Amounts{{"count/configmaps", 1}, {"configmaps", 1}}));
  EXPECT_TRUE(demand.pods.empty());
}

TEST(Demands, OfAClaimAreItsSizeAlsoByClass) {
  const Demand demand = demand_of("persistentvolumeclaims", json(R"({"spec":
      {"storageClassName": "fast", "resources": {"requests": {"storage": "2Gi"}}}})"));

  EXPECT_EQ(demand.items.at("requests.storage"), 2147483648U);
  EXPECT_EQ(demand.items.at("fast.storageclass.storage.k8s.io/requests.storage"), 2147483648U);
  EXPECT_EQ(demand.items.at("fast.storageclass.storage.k8s.io/persistentvolumeclaims"), 1U);
}

TEST(Demands, OfAWorkloadAreThoseOfItsPods) {
  const Demand demand = demand_of("deployments.apps", json(R"({"spec": {"replicas": 3, "template":
      {"spec": {"containers": [{"resources": {"requests": {"cpu": "250m", "memory": "1Mi"},
                                              "limits": {"cpu": 1}}}]}}}})"));

  EXPECT_EQ(demand.items, (Amounts{{"count/deployments.apps", 1}}));
  EXPECT_EQ(demand.pods, (Amounts{{"pods", 3},
                                  {"requests.cpu", 750},
                                  {"cpu", 750},
                                  {"requests.memory", 3145728},
                                  {"memory", 3145728},
                                  {"limits.cpu", 3000}}));
}

TEST(Demands, OfAPodAreTheMostOfItsLife) {
  const Demand demand = demand_of("pods", json(R"({"spec": {
      "initContainers": [
        {"restartPolicy": "Always", "resources": {"requests": {"cpu": "100m", "memory": 5}}},
        {"resources": {"requests": {"cpu": "700m"}}}],
      "containers": [{"resources": {"requests": {"cpu": "200m", "memory": 6}}},
                     {"resources": {"requests": {"cpu": "300m"}}}]}})"));

  EXPECT_EQ(demand.items.at("requests.cpu"), 800U);
  EXPECT_EQ(demand.items.at("memory"), 11U);
  EXPECT_EQ(demand.items.at("pods"), 1U);
}

TEST(Demands, OfWhatRunsLaterAreNone) {
  const char* job = R"({"spec": {"suspend": true, "template": {"spec": {"containers": [{}]}}}})";

  EXPECT_TRUE(demand_of("jobs.batch", json(job)).pods.empty());
}

TEST(Demands, OfAServiceAreItsPorts) {
  const Demand demand =
      demand_of("services",
                json(R"({"spec": {"type": "LoadBalancer", "ports": [{"port": 1}, {"port": 2}]}})"));

  EXPECT_EQ(demand.items.at("services.loadbalancers"), 1U);
  EXPECT_EQ(demand.items.at("services.nodeports"), 2U);
}

TEST(Demands, BearObjectsOfEachShape) {
  for (const char* text : {R"({"spec": 7})", R"({"spec": {"ports": 7, "containers": 7}})",
                           R"({"spec": {"replicas": -1, "template": {"spec": {"containers":
                               [7, {"resources": {"requests": {"cpu": {},
                                                               "memory": "x"}}}]}}}})"}) {
    for (const char* kind : {"services", "persistentvolumeclaims", "pods", "deployments.apps"})
      demand_of(kind, json(text));
  }
}

TEST(QuotaAmounts, CountCpuInThousandths) {
  EXPECT_EQ(quota_amount("requests.cpu", "1.5"), 1500U);
  EXPECT_EQ(quota_amount("cpu", "10m"), 10U);
  EXPECT_EQ(quota_amount("pods", "7"), 7U);
  EXPECT_EQ(quota_amount("cpu", "many"), std::nullopt);
}

}  // namespace
}  // namespace salvor::restore
