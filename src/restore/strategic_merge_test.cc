#include "restore/strategic_merge.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;

Json merged(const char* object, const char* patch) {
  return strategic_merge(json(object), json(patch)).value();
}

TEST(StrategicMerge, MergesObjectsAndTakesNullForRemoval) {
  EXPECT_EQ(merged(R"({"a": {"b": 1, "c": 2}, "d": 3})", R"({"a": {"b": null, "e": 4}, "d": [1]})"),
            json(R"({"a": {"c": 2, "e": 4}, "d": [1]})"));
}

TEST(StrategicMerge, MergesKnownListsByTheirKey) {
  EXPECT_EQ(
      merged(
          R"({"containers": [{"name": "a", "image": "1", "env": [{"name": "x", "value": "1"}]}]})",
          R"({"containers": [{"name": "a", "env": [{"name": "y", "value": "2"}]},
                                      {"name": "b", "image": "2"}]})"),
      json(R"({"containers": [{"name": "a", "image": "1", "env": [
                       {"name": "x", "value": "1"}, {"name": "y", "value": "2"}]},
                     {"name": "b", "image": "2"}]})"));
}

TEST(StrategicMerge, KnowsTheTwoKeysOfPorts) {
  EXPECT_EQ(merged(R"({"ports": [{"port": 80, "nodePort": 1}]})",
                   R"({"ports": [{"port": 80, "targetPort": 8}]})"),
            json(R"({"ports": [{"port": 80, "nodePort": 1, "targetPort": 8}]})"));
  EXPECT_EQ(merged(R"({"ports": [{"containerPort": 80}]})",
                   R"({"ports": [{"containerPort": 80, "name": "web"}]})"),
            json(R"({"ports": [{"containerPort": 80, "name": "web"}]})"));
}

TEST(StrategicMerge, ReplacesOtherLists) {
  EXPECT_EQ(merged(R"({"args": ["a", "b"], "rules": [{"name": "x"}]})",
                   R"({"args": ["c"], "rules": [{"name": "y"}]})"),
            json(R"({"args": ["c"], "rules": [{"name": "y"}]})"));
}

TEST(StrategicMerge, FollowsDirectives) {
  EXPECT_EQ(merged(R"({"containers": [{"name": "a"}, {"name": "b"}]})",
                   R"({"containers": [{"name": "a", "$patch": "delete"}]})"),
            json(R"({"containers": [{"name": "b"}]})"));
  EXPECT_EQ(merged(R"({"containers": [{"name": "a"}]})",
                   R"({"containers": [{"$patch": "replace"}, {"name": "c"}]})"),
            json(R"({"containers": [{"name": "c"}]})"));
  EXPECT_EQ(merged(R"({"a": {"b": 1}})", R"({"a": {"$patch": "replace", "c": 2}})"),
            json(R"({"a": {"c": 2}})"));
  EXPECT_EQ(merged(R"({"a": {"b": 1}, "c": 1})", R"({"a": {"$patch": "delete"}})"),
            json(R"({"c": 1})"));
  EXPECT_EQ(
      merged(R"({"finalizers": ["a", "b"]})", R"({"$deleteFromPrimitiveList/finalizers": ["a"],
                       "$setElementOrder/finalizers": ["b"]})"),
      json(R"({"finalizers": ["b"]})"));
}

TEST(StrategicMerge, NeedsTheKeyOfAnElement) {
  EXPECT_EQ(strategic_merge(json(R"({"containers": [{"name": "a"}]})"),
                            json(R"({"containers": [{"image": "x"}]})"))
                .error()
                .message,
            "an element of containers lacks its name");
}

}  // namespace
}  // namespace salvor::restore
