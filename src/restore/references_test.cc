#include "restore/references.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;

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

}  // namespace
}  // namespace salvor::restore
