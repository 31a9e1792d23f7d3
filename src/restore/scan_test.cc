#include "restore/scan.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::definition;
using testing::json;
using testing::name_of;
using testing::object;
using testing::options_of;

Item scanned(const Json& object, const Options& options = {}) {
  return scan(name_of(object), object, options);
}

TEST(Scan, TakesNameKindUidAndOwners) {
  const Item item = scanned(testing::owned_by(object("apps/v1", "ReplicaSet", "shop", "web-1"),
                                              object("apps/v1", "Deployment", "shop", "web"),
                                              testing::Controls::yes));

  EXPECT_EQ(item.object_name(), (ObjectName{"replicasets.apps", "shop", "web-1"}));
  EXPECT_EQ(item.kind, "ReplicaSet");
  EXPECT_EQ(item.uid, "ReplicaSet/shop/web-1");
  ASSERT_EQ(item.owners.size(), 1U);
  EXPECT_EQ(item.owners[0].uid, "Deployment/shop/web");
  EXPECT_TRUE(item.owners[0].is_controller);
  EXPECT_EQ(item.skip, Reason::controlled);
}

TEST(Scan, JudgesTheRequestsLabels) {
  const Options options = options_of(json(R"({"selection": {"label_selector": {"app": "web"}}})"));
  const Json labels = json(R"({"metadata": {"labels": {"app": "web"}}})");

  EXPECT_TRUE(scanned(object("v1", "Secret", "shop", "a", labels), options).matches_labels);
  EXPECT_FALSE(scanned(object("v1", "Secret", "shop", "b"), options).matches_labels);
}

TEST(Scan, TellsStaticFromDynamicVolumes) {
  const Item made = scanned(
      object("v1", "PersistentVolume", "", "pvc-1",
             json(R"({"metadata": {"annotations": {"pv.kubernetes.io/provisioned-by": "x"}}})")));
  const Item chosen = scanned(object("v1", "PersistentVolume", "", "nfs",
                                     json(R"({"spec": {"csi": {"volumeHandle": "disk-7"}}})")));

  EXPECT_TRUE(made.is_dynamic_volume);
  EXPECT_FALSE(chosen.is_dynamic_volume);
  EXPECT_EQ(chosen.volume_handle, "disk-7");
}

TEST(Scan, SeesWhetherAServiceHasASelector) {
  const auto service = [](const char* spec) {
    return scanned(object("v1", "Service", "shop", "web", {{"spec", json(spec)}})).has_selector;
  };

  EXPECT_TRUE(service(R"({"selector": {"app": "web"}})"));
  EXPECT_FALSE(service(R"({"selector": {}})"));
  EXPECT_FALSE(service(R"({"selector": null})"));
  EXPECT_FALSE(service("{}"));
}

TEST(Scan, ReadsTheKindThatADefinitionBrings) {
  Json two = definition("example.com", "Widget", {"v1", "v1beta1"});
  two["spec"]["versions"].push_back({{"name", "v1alpha1"}, {"served", false}});

  const Item item = scanned(two);

  ASSERT_NE(item.defines, nullptr);
  EXPECT_EQ(item.defines->group, "example.com");
  EXPECT_EQ(item.defines->resource, "widgets");
  EXPECT_EQ(item.defines->kind, "Widget");
  EXPECT_TRUE(item.defines->namespaced);
  EXPECT_EQ(item.defines->served_versions, (std::set<std::string>{"v1", "v1beta1"}));
}

TEST(Scan, KnowsADefinitionByItsTypeNotByItsName) {
  EXPECT_EQ(scanned(object("example.com/v1", "CustomResourceDefinition", "shop", "a")).defines,
            nullptr);
}

TEST(Scan, BearsObjectsOfEachShape) {
  for (const char* text :
       {"null", "[]", "7", R"({"metadata": 7, "spec": [], "status": "x"})",
        R"({"metadata": {"ownerReferences": [7, {}], "labels": []}, "spec": {"versions": 7}})",
        R"({"metadata": {}, "spec": {"versions": [7], "names": [], "csi": 1}, "subjects": [7]})"}) {
    for (const Rule& rule : rules()) {
      const std::string kind(rule.kinds.substr(0, rule.kinds.find(' ')));
      EXPECT_EQ(scan({kind, "v1", "shop", "a"}, json(text), {}).name.name, "a");
    }
  }
}

}  // namespace
}  // namespace salvor::restore
