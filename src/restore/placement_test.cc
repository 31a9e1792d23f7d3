#include "restore/placement.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;

const NodeFact kNode{"node-1", json(R"({"zone": "a", "cores": "16"})"),
                     json(R"([{"key": "gpu", "value": "yes", "effect": "NoSchedule"}])")};

Placement pod(const std::string& spec) {
  Json object = {{"spec", json(spec.c_str())}};
  object["spec"]["containers"] = Json::array();
  return placement_of("pods", object).value();
}

Placement affinity(const std::string& terms) {
  return pod(R"({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
             {"nodeSelectorTerms": )" +
             terms + "}}}}");
}

TEST(Placement, OfEachTerm) {
  const std::pair<const char*, bool> cases[] = {
      {R"([])", false},
      {R"([{}])", false},
      {R"([{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]}]}])",
       true},
      {R"([{"matchExpressions": [{"key": "zone", "operator": "NotIn", "values": ["a"]}]}])", false},
      {R"([{"matchExpressions": [{"key": "gpu", "operator": "DoesNotExist"}]}])", true},
      {R"([{"matchExpressions": [{"key": "cores", "operator": "Gt", "values": ["8"]}]}])", true},
      {R"([{"matchExpressions": [{"key": "cores", "operator": "Lt", "values": ["16"]}]}])", false},
      {R"([{"matchExpressions": [{"key": "zone", "operator": "Gt", "values": ["8"]}]}])", false},
      {R"([{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node-1"]}]}])",
       true},
      {R"([{"matchExpressions": [{"key": "zone", "operator": "Exists"},
                                 {"key": "disk", "operator": "Exists"}]}])",
       false},
      {R"([{"matchExpressions": [{"key": "disk", "operator": "Exists"}]},
           {"matchExpressions": [{"key": "zone", "operator": "Exists"}]}])",
       true},
      {R"([{"matchExpressions": [{"key": "zone", "operator": "Near", "values": ["b"]}]}])", true},
      {R"([{"matchExpressions": 7}, 7])", true},
  };
  for (const auto& [terms, fits] : cases)
    EXPECT_EQ(fits_labels(affinity(terms), kNode), fits) << terms;
}

TEST(Placement, AsksForAllOfASelector) {
  EXPECT_TRUE(fits_labels(pod(R"({"nodeSelector": {"zone": "a"}})"), kNode));
  EXPECT_FALSE(fits_labels(pod(R"({"nodeSelector": {"zone": "a", "disk": "fast"}})"), kNode));
  EXPECT_TRUE(fits_labels(pod("{}"), kNode));
}

TEST(Placement, IsKeptAwayByTaints) {
  EXPECT_FALSE(tolerates(pod("{}"), kNode));
  for (const char* toleration :
       {R"({"operator": "Exists"})", R"({"key": "gpu", "operator": "Exists"})",
        R"({"key": "gpu", "value": "yes"})",
        R"({"key": "gpu", "value": "yes", "effect": "NoSchedule"})"}) {
    EXPECT_TRUE(tolerates(pod(std::string(R"({"tolerations": [)") + toleration + "]}"), kNode))
        << toleration;
  }
  for (const char* toleration :
       {R"({"key": "gpu"})", R"({"key": "tpu", "operator": "Exists"})", R"({})", R"(7)",
        R"({"key": "gpu", "value": "yes", "effect": "NoExecute"})"}) {
    EXPECT_FALSE(tolerates(pod(std::string(R"({"tolerations": [)") + toleration + "]}"), kNode))
        << toleration;
  }
}

TEST(Placement, OfAVolumeKnowsNoTaints) {
  const auto volume = placement_of("persistentvolumes", json(R"({"spec": {"nodeAffinity":
      {"required": {"nodeSelectorTerms": [{"matchExpressions":
          [{"key": "zone", "operator": "In", "values": ["b", "c"]}]}]}}}})"));

  ASSERT_TRUE(volume);
  EXPECT_FALSE(fits_labels(*volume, kNode));
  EXPECT_TRUE(tolerates(*volume, kNode));
  EXPECT_EQ(volume->wanted(), "zone In b|c");
  EXPECT_FALSE(placement_of("persistentvolumes", json(R"({"spec": {}})")));
  EXPECT_FALSE(placement_of("configmaps", json(R"({"data": {}})")));
}

TEST(Placement, SaysWhatIsWanted) {
  EXPECT_EQ(pod("{}").wanted(), "");
  EXPECT_EQ(pod(R"({"nodeSelector": {"a": "1", "b": "2"}})").wanted(), "a=1,b=2");
  EXPECT_EQ(affinity(R"([{"matchExpressions": [{"key": "gpu", "operator": "Exists"}]},
                         {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}],
                          "matchFields": [{"key": "metadata.name", "operator": "In",
                                           "values": ["n"]}]}])")
                .wanted(),
            "gpu Exists or zone In a,metadata.name In n");
}

TEST(NodeFacts, LeaveOutWhatPasses) {
  const NodeFact fact = node_fact_in(json(R"({"metadata": {"name": "n", "labels": {"a": "b"}},
      "spec": {"taints": [{"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"},
                          {"key": "soft", "effect": "PreferNoSchedule"},
                          {"key": "hard", "effect": "NoSchedule"}]}})"));

  EXPECT_EQ(fact.name, "n");
  EXPECT_EQ(fact.labels, json(R"({"a": "b"})"));
  EXPECT_EQ(fact.taints, json(R"([{"key": "hard", "effect": "NoSchedule"}])"));
}

}  // namespace
}  // namespace salvor::restore
