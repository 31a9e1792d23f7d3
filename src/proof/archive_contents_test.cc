#include "proof/archive_contents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::proof {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A recovery point of a namespace with a claim and a custom resource, and what may go wrong.
class ArchiveContentsTest : public ::testing::Test {
 protected:
  ArchiveContentsTest() {
    add("namespaces", "v1", "Namespace", {"", "shop"});
    add("persistentvolumeclaims", "v1", "PersistentVolumeClaim", {"shop", "data"},
        {{"spec", {{"storageClassName", "fast"}, {"volumeName", "pv-1"}}}});
    add("widgets.example.com", "example.com/v1", "Widget", {"shop", "w"});
    add("customresourcedefinitions.apiextensions.k8s.io", "apiextensions.k8s.io/v1",
        "CustomResourceDefinition", {"", "widgets.example.com"});
    add("metrics.metering.io", "metering.io/v1", "Metric", {"shop", "m"});
    add("apiservices.apiregistration.k8s.io", "apiregistration.k8s.io/v1", "APIService",
        {"", "v1.metering.io"},
        {{"spec", {{"group", "metering.io"}, {"service", {{"name", "s"}}}}}});
    listed.namespaces = {"shop"};
    listed.claims = {{"shop/data", {"fast", "pv-1"}}};
    listed.is_whole_cluster = true;
  }

  struct Name {
    std::string space;
    std::string name;
  };
  void add(const std::string& type, const std::string& api_version, const std::string& kind,
           const Name& name, const Json& more = Json::object()) {
    Json object = {
        {"apiVersion", api_version}, {"kind", kind}, {"metadata", {{"name", name.name}}}};
    if (!name.space.empty()) object["metadata"]["namespace"] = name.space;
    object.update(more);
    items[{type, "v1", name.space, name.name}] = object.dump();
  }
  std::string& text_of(const std::string& type, const Name& name) {
    return items.at({type, "v1", name.space, name.name});
  }
  void lose(const std::string& type, const Name& name) {
    ASSERT_EQ(items.erase({type, "v1", name.space, name.name}), 1U);
  }
  std::vector<std::string> found() {
    ArchiveContents contents;
    for (const auto& [name, json] : items) contents.add(name, json);
    std::vector<std::string> found;
    for (const Problem& problem : contents.problems(listed))
      found.push_back(std::string(row_of(problem.reason).name) + " " + problem.object);
    return found;
  }

  std::map<archive::ItemName, std::string> items;
  Listed listed;
};

TEST_F(ArchiveContentsTest, SaysNothingOfAGoodOne) { EXPECT_THAT(found(), IsEmpty()); }

TEST_F(ArchiveContentsTest, FindsATruncatedManifest) {
  std::string& text = text_of("widgets.example.com", {"shop", "w"});
  text.resize(text.size() - 1);

  EXPECT_THAT(found(), ElementsAre("OBJECT_DAMAGED widgets.example.com shop/w"));
}

TEST_F(ArchiveContentsTest, FindsAnObjectUnderAnothersName) {
  text_of("widgets.example.com", {"shop", "w"}) = text_of("namespaces", {"", "shop"});

  EXPECT_THAT(found(), ElementsAre("OBJECT_DAMAGED widgets.example.com shop/w"));
}

TEST_F(ArchiveContentsTest, FindsAnObjectWithoutItsKind) {
  text_of("widgets.example.com", {"shop", "w"}) =
      R"({"apiVersion":"example.com/v1","metadata":{"name":"w","namespace":"shop"}})";

  EXPECT_THAT(found(), ElementsAre("OBJECT_DAMAGED widgets.example.com shop/w"));
}

TEST_F(ArchiveContentsTest, FindsALostDefinition) {
  lose("customresourcedefinitions.apiextensions.k8s.io", {"", "widgets.example.com"});

  EXPECT_THAT(found(), ElementsAre("DEFINITION_NOT_ARCHIVED type widgets.example.com"));
}

// Of a part of a cluster the list of aggregated groups may be missing, and nothing can be said.
TEST_F(ArchiveContentsTest, OfAPartOfAClusterOnlyGroupsWithDefinitionsNeedThem) {
  listed.is_whole_cluster = false;
  lose("apiservices.apiregistration.k8s.io", {"", "v1.metering.io"});
  EXPECT_THAT(found(), IsEmpty());

  add("gadgets.example.com", "example.com/v1", "Gadget", {"shop", "g"});
  EXPECT_THAT(found(), ElementsAre("DEFINITION_NOT_ARCHIVED type gadgets.example.com"));
}

TEST_F(ArchiveContentsTest, FindsALostNamespaceAndClaim) {
  lose("namespaces", {"", "shop"});
  lose("persistentvolumeclaims", {"shop", "data"});

  EXPECT_THAT(found(), ElementsAre("OBJECT_NOT_ARCHIVED namespace shop",
                                   "OBJECT_NOT_ARCHIVED claim shop/data"));
}

TEST_F(ArchiveContentsTest, FindsAClaimThatIsNotListed) {
  listed.claims.clear();

  EXPECT_THAT(found(), ElementsAre("CLAIM_UNKNOWN claim shop/data"));
}

TEST_F(ArchiveContentsTest, FindsAWrongStorageClassAndAWrongVolume) {
  listed.claims["shop/data"].storage_class = "slow";
  EXPECT_THAT(found(), ElementsAre("CLAIM_DIFFERS claim shop/data"));

  listed.claims["shop/data"] = {"fast", "pv-2"};
  EXPECT_THAT(found(), ElementsAre("CLAIM_DIFFERS claim shop/data"));
}

TEST_F(ArchiveContentsTest, AnOldAnnotationIsAClass) {
  add("persistentvolumeclaims", "v1", "PersistentVolumeClaim", {"shop", "data"},
      {{"spec", {{"volumeName", "pv-1"}}},
       {"metadata",
        {{"name", "data"},
         {"namespace", "shop"},
         {"annotations", {{"volume.beta.kubernetes.io/storage-class", "fast"}}}}}});

  EXPECT_THAT(found(), IsEmpty());
}

}  // namespace
}  // namespace salvor::proof
