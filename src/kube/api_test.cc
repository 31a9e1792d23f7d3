#include "kube/api.h"

#include <gmock/gmock.h>

namespace salvor::kube {
namespace {

ResourceType type(const char* group, const char* version, const char* resource, const char* kind) {
  return {.group = group, .version = version, .resource = resource, .kind = kind, .verbs = {"get"}};
}

Discovery scaling() {
  Discovery discovery;
  discovery.types = {type("", "v1", "pods", "Pod"), type("autoscaling", "v1", "scalers", "Scaler"),
                     type("autoscaling", "v2", "scalers", "Scaler"),
                     type("autoscaling", "v1", "relics", "Relic")};
  discovery.preferred = {{"", "v1"}, {"autoscaling", "v2"}};
  return discovery;
}

TEST(ResourceType, IsNamedAsArchivesAndUrlsDo) {
  const ResourceType pods = type("", "v1", "pods", "Pod");
  const ResourceType scalers = type("autoscaling", "v2", "scalers", "Scaler");

  EXPECT_EQ(pods.group_resource(), "pods");
  EXPECT_EQ(pods.api_version(), "v1");
  EXPECT_EQ(scalers.group_resource(), "scalers.autoscaling");
  EXPECT_EQ(scalers.api_version(), "autoscaling/v2");
}

TEST(ResourceType, KnowsItsVerbs) {
  EXPECT_TRUE(type("", "v1", "pods", "Pod").can("get"));
  EXPECT_FALSE(type("", "v1", "pods", "Pod").can("list"));
}

TEST(Discovery, FindsThePreferredVersion) {
  const Discovery discovery = scaling();

  ASSERT_NE(discovery.find("autoscaling", "scalers"), nullptr);
  EXPECT_EQ(discovery.find("autoscaling", "scalers")->version, "v2");
}

TEST(Discovery, FallsBackToAVersionThatHasTheResource) {
  const Discovery discovery = scaling();

  ASSERT_NE(discovery.find("autoscaling", "relics"), nullptr);
  EXPECT_EQ(discovery.find("autoscaling", "relics")->version, "v1");
}

TEST(Discovery, FindsByExactVersionAndByKind) {
  const Discovery discovery = scaling();

  EXPECT_EQ(discovery.find("autoscaling", "v1", "scalers")->version, "v1");
  EXPECT_EQ(discovery.find_kind("autoscaling/v2", "Scaler")->version, "v2");
  EXPECT_EQ(discovery.find("autoscaling", "v3", "scalers"), nullptr);
  EXPECT_EQ(discovery.find_kind("v1", "Scaler"), nullptr);
  EXPECT_EQ(discovery.find("apps", "scalers"), nullptr);
}

TEST(Discovery, NamesEachResourceOnce) {
  const Discovery discovery = scaling();

  std::vector<std::string> names;
  for (const ResourceType* found : discovery.preferred_types()) {
    names.push_back(found->resource + " " + found->version);
  }

  EXPECT_THAT(names, testing::ElementsAre("pods v1", "scalers v2", "relics v1"));
}

}  // namespace
}  // namespace salvor::kube
