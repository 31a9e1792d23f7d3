#include "restore/selection.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::definition;
using testing::items_of;
using testing::json;
using testing::object;
using testing::options_of;

const Json kWeb = json(R"({"metadata": {"labels": {"app": "web", "tier": "front"}}})");
const Json kDb = json(R"({"metadata": {"labels": {"app": "db"}}})");

// Two applications that need a little of the cluster each, and what nobody needs.
const std::vector<Json>& backup() {
  static const std::vector<Json> objects = {
      definition("example.com", "Widget"),
      definition("example.com", "Gadget"),
      object("v1", "Namespace", "", "shop"),
      object("v1", "Namespace", "", "blog"),
      object("v1", "Namespace", "", "empty"),
      object("storage.k8s.io/v1", "StorageClass", "", "fast"),
      object("storage.k8s.io/v1", "StorageClass", "", "unused"),
      object("scheduling.k8s.io/v1", "PriorityClass", "", "high"),
      object("v1", "PersistentVolume", "", "pv-shop"),
      object("v1", "PersistentVolume", "", "pv-other"),
      object("rbac.authorization.k8s.io/v1", "ClusterRole", "", "reader"),
      object("rbac.authorization.k8s.io/v1", "ClusterRole", "", "unused"),
      object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "", "shop-reads",
             json(R"({"roleRef": {"kind": "ClusterRole", "name": "reader"}, "subjects":
                      [{"kind": "ServiceAccount", "namespace": "shop", "name": "cart"}]})")),
      object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "", "ops",
             json(R"({"subjects": [{"kind": "User", "name": "alice"}]})")),
      object("v1", "Secret", "shop", "password", kWeb),
      object("v1", "ServiceAccount", "shop", "cart"),
      object("v1", "PersistentVolumeClaim", "shop", "data",
             json(R"({"spec": {"storageClassName": "fast", "volumeName": "pv-shop"}})")),
      object("apps/v1", "Deployment", "blog", "web",
             [] {
               Json deployment = kWeb;
               deployment["spec"] = json(
                   R"({"template": {"spec": {"containers": [], "priorityClassName": "high"}}})");
               return deployment;
             }()),
      object("v1", "Secret", "blog", "password", kDb),
      object("example.com/v1", "Widget", "blog", "w"),
  };
  return objects;
}

// Kinds and names of what a selection takes, namespaces left out.
using Names = std::set<std::string>;
Names chosen(const std::string& selection) {
  const Options options = options_of({{"selection", json(selection)}});
  const std::vector<Item> items = items_of(backup(), options);
  const Selected selected = select(items, options);
  Names names;
  for (const Item& item : items) {
    if (!selected.items[item.number]) continue;
    const std::string home = item.is_cluster_scoped() ? "" : item.name.namespace_name + "/";
    names.insert(item.kind + " " + home + item.name.name);
  }
  return names;
}

std::set<std::string> namespaces(const std::string& selection) {
  const Options options = options_of({{"selection", json(selection)}});
  return select(items_of(backup(), options), options).namespaces;
}

TEST(Selection, OfAllNamespacesIsTheWholeBackup) {
  EXPECT_EQ(chosen(R"({"all_namespaces": true})").size(), backup().size());
}

TEST(Selection, OfNothingInParticularIsTheWholeBackup) {
  EXPECT_EQ(chosen("{}").size(), backup().size());
  EXPECT_EQ(chosen(R"({"namespaces": []})").size(), backup().size());
}

TEST(Selection, OfANamespaceTakesWhatItNeedsOfTheCluster) {
  EXPECT_EQ(
      chosen(R"({"namespaces": ["shop"]})"),
      (Names{"Namespace shop", "Secret shop/password", "ServiceAccount shop/cart",
             "PersistentVolumeClaim shop/data", "StorageClass fast", "PersistentVolume pv-shop",
             "ClusterRoleBinding shop-reads", "ClusterRole reader"}));
}

TEST(Selection, TakesDefinitionsOfCustomKinds) {
  EXPECT_EQ(
      chosen(R"({"namespaces": ["blog"]})"),
      (Names{"Namespace blog", "Deployment blog/web", "PriorityClass high", "Secret blog/password",
             "Widget blog/w", "CustomResourceDefinition widgets.example.com"}));
}

TEST(Selection, OfAnEmptyNamespaceIsTheNamespace) {
  EXPECT_EQ(chosen(R"({"namespaces": ["empty"]})"), Names{"Namespace empty"});
}

TEST(Selection, OfANamespaceThatIsNotThereIsNothing) {
  EXPECT_EQ(chosen(R"({"namespaces": ["nowhere"]})"), Names());
  EXPECT_EQ(namespaces(R"({"namespaces": ["nowhere"]})"), std::set<std::string>());
}

TEST(Selection, ByLabelTakesTheirNamespacesAndNeeds) {
  EXPECT_EQ(chosen(R"({"all_namespaces": true, "label_selector": {"app": "web"}})"),
            (Names{"Namespace shop", "Namespace blog", "Secret shop/password",
                   "Deployment blog/web", "PriorityClass high"}));
}

TEST(Selection, ByLabelTakesAnyOfItsValuesAndAllOfItsKeys) {
  EXPECT_EQ(chosen(R"({"namespaces": ["shop", "blog"], "label_selector": {"app": "web,db"}})"),
            (Names{"Namespace shop", "Namespace blog", "Secret shop/password",
                   "Deployment blog/web", "PriorityClass high", "Secret blog/password"}));
  EXPECT_EQ(
      chosen(R"({"namespaces": ["blog"], "label_selector": {"app": "web,db", "tier": "front"}})"),
      (Names{"Namespace blog", "Deployment blog/web", "PriorityClass high"}));
}

TEST(Selection, ByLabelThatNobodyHasIsNothing) {
  EXPECT_EQ(chosen(R"({"label_selector": {"app": "nobody"}})"), Names());
}

TEST(Selection, ByTypeTakesTheirNamespacesAndNeeds) {
  EXPECT_EQ(
      chosen(R"({"namespaces": ["shop"], "include_resource_types": ["persistentvolumeclaims"]})"),
      (Names{"Namespace shop", "PersistentVolumeClaim shop/data", "StorageClass fast",
             "PersistentVolume pv-shop"}));
  EXPECT_EQ(
      chosen(R"({"include_resource_types": ["widgets.example.com", "clusterroles"]})"),
      (Names{"Namespace blog", "Widget blog/w", "CustomResourceDefinition widgets.example.com",
             "ClusterRole reader", "ClusterRole unused"}));
}

TEST(Selection, NamesTheNamespacesThatHoldSomething) {
  EXPECT_EQ(namespaces(R"({"label_selector": {"app": "db"}})"), std::set<std::string>{"blog"});
  EXPECT_EQ(namespaces("{}"), (std::set<std::string>{"blog", "empty", "shop"}));
}

TEST(Selection, LeavesNamespacesOut) {
  EXPECT_EQ(chosen(R"({"all_namespaces": true, "exclude_namespaces": ["blog", "empty"],
                       "cluster_scoped": "related"})"),
            chosen(R"({"namespaces": ["shop"]})"));
  EXPECT_EQ(chosen(R"({"namespaces": ["shop", "blog"], "exclude_namespaces": ["blog"]})"),
            chosen(R"({"namespaces": ["shop"]})"));
}

TEST(Selection, LeavesTypesOutEvenWhereTheyAreNeeded) {
  EXPECT_EQ(chosen(R"({"namespaces": ["shop"], "exclude_resource_types": ["secrets",
                       "storageclasses", "persistentvolumes", "clusterroles"]})"),
            (Names{"Namespace shop", "ServiceAccount shop/cart", "PersistentVolumeClaim shop/data",
                   "ClusterRoleBinding shop-reads"}));
}

TEST(Selection, TakesClusterScopedObjectsAsTold) {
  const Names related = chosen(R"({"namespaces": ["shop"]})");
  EXPECT_EQ(chosen(R"({"namespaces": ["shop"], "cluster_scoped": "related"})"), related);
  EXPECT_EQ(chosen(R"({"namespaces": ["shop"], "cluster_scoped": "none"})"),
            (Names{"Namespace shop", "Secret shop/password", "ServiceAccount shop/cart",
                   "PersistentVolumeClaim shop/data"}));
  const Names all = chosen(R"({"namespaces": ["shop"], "cluster_scoped": "all"})");
  EXPECT_TRUE(all.contains("ClusterRole unused"));
  EXPECT_FALSE(all.contains("Secret blog/password"));
  EXPECT_FALSE(all.contains("Namespace blog"));
}

TEST(Selection, OfSingleItemsTakesWhatTheyNeed) {
  EXPECT_EQ(chosen(R"({"items": [{"resource_type": "persistentvolumeclaims", "namespace": "shop",
                                  "name": "data"},
                                 {"resource_type": "widgets.example.com", "namespace": "blog",
                                  "name": "w"}]})"),
            (Names{"Namespace shop", "PersistentVolumeClaim shop/data", "StorageClass fast",
                   "PersistentVolume pv-shop", "Namespace blog", "Widget blog/w",
                   "CustomResourceDefinition widgets.example.com"}));
}

TEST(Selection, OfSingleItemsTakesClusterScopedOnesToo) {
  EXPECT_EQ(chosen(R"({"namespaces": ["shop"], "items": [
                       {"resource_type": "clusterroles", "name": "unused"},
                       {"resource_type": "namespaces", "name": "shop"}]})"),
            (Names{"ClusterRole unused", "Namespace shop"}));
}

TEST(Selection, KnowsWhichItemsAreMissing) {
  const Options options = options_of({{"selection", json(R"({"items": [
      {"resource_type": "secrets", "namespace": "shop", "name": "password"},
      {"resource_type": "secrets", "namespace": "shop", "name": "gone"},
      {"resource_type": "secrets", "name": "password"}]})")}});

  EXPECT_EQ(select(items_of(backup(), options), options).missing, (std::vector<std::size_t>{1, 2}));
}

TEST(Selection, TakesTheAccountOfATokenThatIsChosenAlone) {
  const std::vector<Json> objects = {
      object("v1", "ServiceAccount", "shop", "builder"),
      object("v1", "ServiceAccount", "shop", "other"),
      object("v1", "Secret", "shop", "mine", json(R"({"type": "kubernetes.io/service-account-token",
          "metadata": {"annotations": {"kubernetes.io/service-account.name": "builder"}}})"))};
  const Options options = options_of(json(R"({"selection": {"items":
      [{"resource_type": "secrets", "namespace": "shop", "name": "mine"}]}})"));

  const Selected selected = select(items_of(objects), options);

  EXPECT_EQ(selected.items, (std::vector<bool>{true, false, true}));
  EXPECT_EQ(selected.as_need, (std::vector<bool>{true, false, false}));
}

}  // namespace
}  // namespace salvor::restore
