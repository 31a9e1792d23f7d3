#include "kube/testing/object_patch.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::kube {
namespace {

const ResourceType kPods{.group = "", .version = "v1", .resource = "pods", .kind = "Pod"};

Json named(const char* name, int value) { return {{"name", name}, {"value", value}}; }

Json patched(const Json& object, PatchKind kind, const Json& patch) {
  const auto result = apply_patch(kPods, object, kind, patch);
  return result.ok() ? *result : Json(result.error().fact("http_status"));
}

TEST(ObjectPatch, MergesObjectsAndReplacesLists) {
  EXPECT_EQ(patched({{"a", {{"b", 1}, {"c", 2}}}, {"d", {1, 2}}}, PatchKind::merge,
                    {{"a", {{"b", nullptr}}}, {"d", {3}}}),
            Json({{"a", {{"c", 2}}}, {"d", {3}}}));
}

TEST(ObjectPatch, AppliesOperations) {
  const Json operations = Json::array({{{"op", "add"}, {"path", "/a/-"}, {"value", 2}}});

  EXPECT_EQ(patched({{"a", {1}}}, PatchKind::json, operations), Json({{"a", {1, 2}}}));
}

TEST(ObjectPatch, RefusesOperationsThatDoNotFit) {
  const Json missing = Json::array({{{"op", "remove"}, {"path", "/none"}}});

  EXPECT_EQ(patched(Json::object(), PatchKind::json, missing), "422");
  EXPECT_EQ(patched(Json::object(), PatchKind::json, Json::object()), "400");
  EXPECT_EQ(patched(Json::object(), PatchKind::merge, Json::array()), "400");
}

TEST(ObjectPatch, MergesKnownListsByTheirKey) {
  const Json object = {{"env", Json::array({named("a", 1), named("b", 2)})}};
  const Json patch = {{"env", Json::array({named("b", 3), named("c", 4)})}};

  EXPECT_EQ(patched(object, PatchKind::strategic, patch),
            Json({{"env", Json::array({named("a", 1), named("b", 3), named("c", 4)})}}));
}

TEST(ObjectPatch, ObeysDirectives) {
  const Json object = {{"env", Json::array({named("a", 1), named("b", 2)})}, {"m", {{"x", 1}}}};
  const Json gone = {{"name", "a"}, {"$patch", "delete"}};
  const Json patch = {{"env", Json::array({gone})}, {"m", {{"$patch", "replace"}, {"y", 2}}}};

  EXPECT_EQ(patched(object, PatchKind::strategic, patch),
            Json({{"env", Json::array({named("b", 2)})}, {"m", {{"y", 2}}}}));
}

TEST(ObjectPatch, AddsFinalizersAndReplacesUnknownLists) {
  const Json object = {{"finalizers", {"a"}}, {"args", {"x", "y"}}};
  const Json patch = {{"finalizers", {"a", "b"}}, {"args", {"z"}}};

  EXPECT_EQ(patched(object, PatchKind::strategic, patch),
            Json({{"finalizers", {"a", "b"}}, {"args", {"z"}}}));
}

}  // namespace
}  // namespace salvor::kube
