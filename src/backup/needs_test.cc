#include "backup/needs.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::backup {
namespace {

Needs needs_of(const std::string& group_resource, const Json& object) {
  Needs needs;
  EXPECT_TRUE(can_need(group_resource));
  add_needs(group_resource, object, needs);
  return needs;
}

const std::string kClasses = "storageclasses.storage.k8s.io";
const std::string kPriorities = "priorityclasses.scheduling.k8s.io";

TEST(Needs, AClaimNeedsItsVolumeAndClass) {
  EXPECT_EQ(needs_of("persistentvolumeclaims",
                     {{"spec", {{"volumeName", "pv"}, {"storageClassName", "fast"}}}}),
            (Needs{{"persistentvolumes", {"pv"}}, {kClasses, {"fast"}}}));
  EXPECT_EQ(needs_of("persistentvolumeclaims",
                     {{"metadata",
                       {{"annotations", {{"volume.beta.kubernetes.io/storage-class", "old"}}}}},
                      {"spec", {{"storageClassName", ""}}}}),
            (Needs{{kClasses, {"old"}}}));
}

TEST(Needs, WorkloadsNeedWhatTheirPodsDo) {
  const Json pod = {{"priorityClassName", "high"}, {"runtimeClassName", "gvisor"}};
  const Needs expected = {{kPriorities, {"high"}}, {"runtimeclasses.node.k8s.io", {"gvisor"}}};
  const Json workload = {{"spec", {{"template", {{"spec", pod}}}}}};

  EXPECT_EQ(needs_of("pods", {{"spec", pod}}), expected);
  for (const char* kind : {"deployments.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch",
                           "replicasets.apps", "replicationcontrollers"}) {
    EXPECT_EQ(needs_of(kind, workload), expected) << kind;
  }
  EXPECT_EQ(needs_of("cronjobs.batch", {{"spec", {{"jobTemplate", workload}}}}), expected);
}

TEST(Needs, TemplatesOfClaimsNeedTheirClass) {
  const Json claim = {{"spec", {{"storageClassName", "fast"}}}};

  EXPECT_EQ(needs_of("statefulsets.apps", {{"spec", {{"volumeClaimTemplates", {claim, claim}}}}}),
            (Needs{{kClasses, {"fast"}}}));
  EXPECT_EQ(
      needs_of("pods",
               {{"spec", {{"volumes", {{{"ephemeral", {{"volumeClaimTemplate", claim}}}}}}}}}),
      (Needs{{kClasses, {"fast"}}}));
}

TEST(Needs, AnIngressNeedsItsClass) {
  EXPECT_EQ(needs_of("ingresses.networking.k8s.io", {{"spec", {{"ingressClassName", "nginx"}}}}),
            (Needs{{"ingressclasses.networking.k8s.io", {"nginx"}}}));
}

TEST(Needs, ABindingNeedsAClusterRoleOnly) {
  const std::string bindings = "rolebindings.rbac.authorization.k8s.io";

  EXPECT_EQ(needs_of(bindings, {{"roleRef", {{"kind", "ClusterRole"}, {"name", "view"}}}}),
            (Needs{{"clusterroles.rbac.authorization.k8s.io", {"view"}}}));
  EXPECT_EQ(needs_of(bindings, {{"roleRef", {{"kind", "Role"}, {"name", "view"}}}}), Needs{});
}

TEST(Needs, NothingIsNeededByOddObjects) {
  for (const char* kind : {"persistentvolumeclaims", "pods", "statefulsets.apps",
                           "rolebindings.rbac.authorization.k8s.io"}) {
    for (const Json& odd :
         {Json::object(), Json({{"spec", 7}}), Json({{"spec", {{"volumes", "x"}}}}),
          Json({{"spec", {{"volumeName", {{"a", 1}}}, {"volumeClaimTemplates", {1, nullptr}}}}}),
          Json::array(), Json()}) {
      EXPECT_EQ(needs_of(kind, odd), Needs{}) << kind << odd.dump();
    }
  }
  EXPECT_FALSE(can_need("configmaps"));
}

TEST(BoundAccounts, ReadsEachFormOfASubject) {
  const Json binding = {{"subjects",
                         {{{"kind", "ServiceAccount"}, {"namespace", "shop"}, {"name", "runner"}},
                          {{"kind", "User"}, {"name", "system:serviceaccount:web:deployer"}},
                          {{"kind", "Group"}, {"name", "system:serviceaccounts:db"}},
                          {{"kind", "Group"}, {"name", "system:serviceaccounts"}},
                          {{"kind", "Group"}, {"name", "system:authenticated"}},
                          {{"kind", "User"}, {"name", "system:serviceaccount:broken"}},
                          {{"kind", "User"}, {"name", "alice"}}}}};

  EXPECT_EQ(bound_accounts(binding),
            (std::set<Account>{{"shop", "runner"}, {"web", "deployer"}, {"db", "*"}, {"*", "*"}}));
  EXPECT_TRUE(bound_accounts(Json::object()).empty());
}

TEST(CalledServices, ReadsWebhooksAndApiServices) {
  const Json service = {{"namespace", "shop"}, {"name", "hook"}};

  EXPECT_EQ(called_services({{"webhooks",
                              {{{"clientConfig", {{"service", service}}}},
                               {{"clientConfig", {{"url", "https://example.com"}}}}}}}),
            (std::set<ServiceName>{{"shop", "hook"}}));
  EXPECT_EQ(called_services({{"spec", {{"service", service}}}}),
            (std::set<ServiceName>{{"shop", "hook"}}));
  EXPECT_TRUE(called_services({{"spec", {{"service", nullptr}}}}).empty());
}

TEST(GatheredRoles, WritesEachSelectorInKubernetesSyntax) {
  const Json role = {{"aggregationRule",
                      {{"clusterRoleSelectors",
                        {{{"matchLabels", {{"to-admin", "true"}}}},
                         {{"matchExpressions",
                           {{{"key", "a"}, {"operator", "In"}, {"values", {"x", "y"}}},
                            {{"key", "b"}, {"operator", "Exists"}},
                            {{"key", "c"}, {"operator", "DoesNotExist"}},
                            {{"key", "d"}, {"operator", "NotIn"}, {"values", {"z"}}}}}}}}}}};

  EXPECT_EQ(gathered_roles(role),
            (std::set<std::string>{"to-admin=true", "a in (x,y),b,!c,d notin (z)"}));
  EXPECT_TRUE(gathered_roles(Json::object()).empty());
}

}  // namespace
}  // namespace salvor::backup
