#include "restore/references.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::items_of;
using testing::json;
using testing::object;

std::vector<std::string> needs(const std::string& group_resource, const std::string& text) {
  std::vector<std::string> names;
  for (const ObjectName& name : needs_of(group_resource, json(text)))
    names.push_back(name.group_resource + " " + name.name);
  return names;
}

using Names = std::vector<std::string>;

TEST(PodSpec, IsFoundInWorkloadsOfEachDepth) {
  EXPECT_EQ(pod_spec_of(json(R"({"spec": {"containers": [1]}})"))["containers"][0], 1);
  EXPECT_EQ(pod_spec_of(
                json(R"({"spec": {"template": {"spec": {"containers": [2]}}}})"))["containers"][0],
            2);
  EXPECT_EQ(pod_spec_of(json(R"({"spec": {"jobTemplate": {"spec": {"template":
                              {"spec": {"containers": [3]}}}}}})"))["containers"][0],
            3);
  EXPECT_TRUE(pod_spec_of(json(R"({"spec": {"replicas": 1}})")).is_null());
  EXPECT_TRUE(pod_spec_of(json(R"({"spec": "containers"})")).is_null());
}

TEST(References, OfPodsAreTheirClasses) {
  EXPECT_EQ(
      needs("deployments.apps", R"({"spec": {"template": {"spec": {"containers": [],
                "priorityClassName": "high", "runtimeClassName": "sandbox"}}}})"),
      (Names{"priorityclasses.scheduling.k8s.io high", "runtimeclasses.node.k8s.io sandbox"}));
}

TEST(References, OfAClaimAreItsClassOldAndNewAndItsVolume) {
  EXPECT_EQ(
      needs("persistentvolumeclaims",
            R"({"metadata": {"annotations": {"volume.beta.kubernetes.io/storage-class": "old"}},
                      "spec": {"storageClassName": "fast", "volumeName": "pv-1"}})"),
      (Names{"storageclasses.storage.k8s.io fast", "storageclasses.storage.k8s.io old",
             "persistentvolumes pv-1"}));
}

TEST(References, OfAClaimWithoutAClassAreNone) {
  EXPECT_EQ(needs("persistentvolumeclaims", R"({"spec": {"storageClassName": ""}})"), Names());
}

TEST(References, OfAStatefulSetAreTheClassesOfItsTemplates) {
  EXPECT_EQ(
      needs("statefulsets.apps",
            R"({"spec": {"volumeClaimTemplates": [{"spec": {"storageClassName": "fast"}}, 7]}})"),
      Names{"storageclasses.storage.k8s.io fast"});
}

TEST(References, OfAnIngressAreItsClass) {
  EXPECT_EQ(needs("ingresses.networking.k8s.io", R"({"spec": {"ingressClassName": "edge"}})"),
            Names{"ingressclasses.networking.k8s.io edge"});
}

TEST(References, OfABindingAreItsClusterRoleOnly) {
  EXPECT_EQ(needs("rolebindings.rbac.authorization.k8s.io",
                  R"({"roleRef": {"kind": "ClusterRole", "name": "reader"}})"),
            Names{"clusterroles.rbac.authorization.k8s.io reader"});
  EXPECT_EQ(needs("rolebindings.rbac.authorization.k8s.io",
                  R"({"roleRef": {"kind": "Role", "name": "reader"}})"),
            Names());
}

TEST(References, OfABindingAreTheNamespacesOfItsAccountsInThreeForms) {
  const Json binding = json(R"({"subjects": [
      {"kind": "ServiceAccount", "namespace": "a", "name": "x"},
      {"kind": "User", "name": "system:serviceaccount:b:x"},
      {"kind": "Group", "name": "system:serviceaccounts:c"},
      {"kind": "User", "name": "alice"}]})");

  EXPECT_EQ(account_namespaces_of(binding), (std::set<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(account_namespaces_of(json(R"({"subjects": null})")).empty());
}

Json role(const char* name, const char* members) {
  Json made = object("rbac.authorization.k8s.io/v1", "ClusterRole", "", name);
  made.merge_patch(json(members));
  return made;
}

TEST(References, OfAnAggregatedRoleAreItsParts) {
  const std::vector<Json> objects = {
      role("all", R"({"aggregationRule": {"clusterRoleSelectors":
          [{"matchLabels": {"into": "all"}}, {"matchExpressions": "nonsense"}]}})"),
      role("part", R"({"metadata": {"labels": {"into": "all"}}})"),
      role("other", R"({"metadata": {"labels": {"into": "other"}}})"),
      object("v1", "ConfigMap", "shop", "map",
             json(R"({"metadata": {"labels": {"into": "all"}}})"))};
  std::vector<Item> items = items_of(objects);
  AggregatedRoles roles;
  for (const Item& item : items) roles.note(item, objects[item.number]);

  roles.add_needs(items);

  EXPECT_EQ(items[0].needs,
            (std::vector<ObjectName>{{"clusterroles.rbac.authorization.k8s.io", "", "part"}}));
  EXPECT_TRUE(items[1].needs.empty());
}

}  // namespace
}  // namespace salvor::restore
