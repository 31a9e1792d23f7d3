#include "restore/skip.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;

// Near misses are what a predicate must not take for its own: skipping them would lose them.
struct Case {
  Skip skip;
  std::vector<std::string> holds;
  std::vector<std::string> does_not_hold;
};

const std::vector<Case> kCases = {
    {Skip::terminating,
     {R"({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}})"},
     {R"({"metadata": {"annotations": {"deletionTimestamp": "x"}}})", R"({"metadata": {}})"}},
    {Skip::controlled,
     {R"({"metadata": {"ownerReferences": [{"kind": "A"}, {"kind": "B", "controller": true}]}})"},
     {R"({"metadata": {"ownerReferences": [{"kind": "A"}]}})",
      R"({"metadata": {"ownerReferences": [{"kind": "A", "controller": false}]}})"}},
    {Skip::finished_job,
     {R"({"status": {"conditions": [{"type": "Complete", "status": "True"}]}})",
      R"({"status": {"conditions": [{"type": "Failed", "status": "True"}]}})",
      R"({"status": {"conditions": [{"type": "FailureTarget", "status": "True"}]}})",
      R"({"status": {"conditions": [{"type": "SuccessCriteriaMet", "status": "True"}]}})"},
     {R"({"status": {"conditions": [{"type": "Complete", "status": "False"}]}})",
      R"({"status": {"conditions": [{"type": "Suspended", "status": "True"}]}})",
      R"({"status": {"succeeded": 3}})", R"({"status": {"conditions": "Complete"}})"}},
    {Skip::finished_pod,
     {R"({"status": {"phase": "Succeeded"}})", R"({"status": {"phase": "Failed"}})"},
     {R"({"status": {"phase": "Running"}})", R"({"status": {"phase": "Unknown"}})", "{}"}},
    {Skip::mirror_pod,
     {R"({"metadata": {"annotations": {"kubernetes.io/config.mirror": "abc"}}})"},
     {R"({"metadata": {"labels": {"kubernetes.io/config.mirror": "abc"}}})"}},
    {Skip::issued_token,
     {R"({"type": "kubernetes.io/service-account-token", "metadata": {"name": "cart-token-x7k2p",
          "annotations": {"kubernetes.io/service-account.name": "cart"}}})",
      R"({"type": "kubernetes.io/dockercfg", "metadata": {"name": "cart-dockercfg-x7k2p",
          "annotations": {"openshift.io/token-secret.name": "cart-token-x7k2p"}}})"},
     {R"({"type": "kubernetes.io/service-account-token", "metadata": {"name": "cart-token-for-ci",
          "annotations": {"kubernetes.io/service-account.name": "cart"}}})",
      R"({"type": "kubernetes.io/service-account-token", "metadata": {"name": "cart-token-ab-cd",
          "annotations": {"kubernetes.io/service-account.name": "cart"}}})",
      R"({"type": "kubernetes.io/service-account-token", "metadata": {"name": "cart-token-x7k2p",
          "annotations": {"kubernetes.io/service-account.name": "other"}}})",
      R"({"type": "Opaque", "metadata": {"name": "cart-token-x7k2p",
          "annotations": {"kubernetes.io/service-account.name": "cart"}}})",
      R"({"type": "kubernetes.io/dockercfg", "metadata": {"name": "registry"}})"}},
    {Skip::bootstrap_token,
     {R"({"type": "bootstrap.kubernetes.io/token"})"},
     {R"({"type": "Opaque", "metadata": {"name": "bootstrap-token-abcdef"}})"}},
    {Skip::managed_slice,
     {R"({"metadata": {"labels": {"endpointslice.kubernetes.io/managed-by":
          "endpointslice-controller.k8s.io"}}})",
      R"({"metadata": {"labels": {"endpointslice.kubernetes.io/managed-by":
          "endpointslicemirroring-controller.k8s.io"}}})",
      R"({"metadata": {"namespace": "default", "name": "kubernetes"}})"},
     {R"({"metadata": {"labels": {"endpointslice.kubernetes.io/managed-by": "me"}}})",
      R"({"metadata": {"namespace": "shop", "name": "kubernetes"}})"}},
    {Skip::mirrored_endpoints,
     {R"({"metadata": {"labels": {"endpoints.kubernetes.io/managed-by": "endpoint-controller"}}})",
      R"({"metadata": {"namespace": "default", "name": "kubernetes"}})"},
     {R"({"metadata": {"namespace": "default", "name": "database"}})"}},
    {Skip::root_certificate,
     {R"({"metadata": {"name": "kube-root-ca.crt"}})",
      R"({"metadata": {"name": "openshift-service-ca.crt"}})"},
     {R"({"metadata": {"name": "my-kube-root-ca.crt"}})"}},
    {Skip::rbac_default,
     {R"({"metadata": {"labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}}})"},
     {R"({"metadata": {"name": "system:mine", "labels": {"app": "rbac-defaults"}}})"}},
    {Skip::api_server_service,
     {R"({"metadata": {"namespace": "default", "name": "kubernetes"}})"},
     {R"({"metadata": {"namespace": "shop", "name": "kubernetes"}})",
      R"({"metadata": {"namespace": "shop", "name": "front",
          "labels": {"component": "apiserver", "provider": "kubernetes"}}})"}},
    {Skip::automanaged_api,
     {R"({"metadata": {"labels": {"kube-aggregator.kubernetes.io/automanaged": "onstart"}}})"},
     {R"({"metadata": {"name": "v1beta1.metrics.k8s.io"}})"}},
    {Skip::leader_lock,
     {R"({"metadata": {"annotations": {"control-plane.alpha.kubernetes.io/leader": "{}"}}})",
      R"({"metadata": {"name": "operator-lock", "ownerReferences": [{"kind": "Pod"}]}})"},
     {R"({"metadata": {"name": "operator-lock"}})",
      R"({"metadata": {"name": "operator-lock", "ownerReferences": [{"kind": "Deployment"}]}})",
      R"({"metadata": {"name": "settings", "ownerReferences": [{"kind": "Pod"}]}})"}},
    {Skip::always_cluster_state, {"{}"}, {}},
    {Skip::plain_default_account,
     {R"({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}})",
      R"({"metadata": {"name": "default", "labels": {}}, "secrets": []})"},
     {R"({"metadata": {"name": "cart"}})",
      R"({"metadata": {"name": "default", "labels": {"a": "b"}}})",
      R"({"metadata": {"name": "default"}, "imagePullSecrets": [{"name": "registry"}]})",
      R"({"metadata": {"name": "default"}, "automountServiceAccountToken": false})"}},
    {Skip::pod_claim,
     {R"({"metadata": {"ownerReferences": [{"kind": "Pod", "controller": true}]}})"},
     {R"({"metadata": {"ownerReferences": [{"kind": "StatefulSet", "controller": true}]}})",
      R"({"metadata": {"ownerReferences": [{"kind": "Pod"}]}})"}},
    {Skip::system_class,
     {R"({"metadata": {"name": "system-cluster-critical"}})"},
     {R"({"metadata": {"name": "critical-system-jobs"}})"}},
    {Skip::scheduled_job,
     {R"({"metadata": {"ownerReferences": [{"kind": "CronJob", "controller": true}]}})"},
     {R"({"metadata": {"ownerReferences": [{"kind": "TrainingRun", "controller": true}]}})",
      R"({"metadata": {"ownerReferences": [{"kind": "CronJob"}]}})"}},
    {Skip::default_flow,
     {R"({"metadata": {"annotations": {"apf.kubernetes.io/autoupdate-spec": "true"}}})"},
     {R"({"metadata": {"name": "my-flow"}})"}},
    {Skip::default_service_range,
     {R"({"metadata": {"name": "kubernetes"}})"},
     {R"({"metadata": {"name": "more-addresses"}})"}},
};

TEST(Skip, HoldsForWhatItIsMeantFor) {
  for (const Case& row : kCases) {
    for (const std::string& text : row.holds) {
      EXPECT_EQ(skip_reason(row.skip, json(text)), reason_for(row.skip))
          << to_string(row.skip) << ": " << text;
    }
  }
}

TEST(Skip, DoesNotHoldForNearMisses) {
  for (const Case& row : kCases) {
    for (const std::string& text : row.does_not_hold) {
      EXPECT_EQ(skip_reason(row.skip, json(text)), std::nullopt)
          << to_string(row.skip) << ": " << text;
    }
  }
}

TEST(Skip, IsTriedHereForEachPredicate) {
  for (std::size_t i = 0; i < kCases.size(); ++i)
    EXPECT_EQ(static_cast<std::size_t>(kCases[i].skip), i);
  EXPECT_EQ(kCases.back().skip, Skip::default_service_range);
}

// Bytes of a backup are foreign: no shape of it may end the program.
TEST(Skip, BearsObjectsOfEachShape) {
  for (const Case& row : kCases) {
    for (
        const char* text :
        {"null", "7", "[]", R"("text")", R"({"metadata": "text", "status": [], "type": {}})",
         R"({"metadata": {"ownerReferences": {}, "labels": [], "annotations": 3, "name": {}}})",
         R"({"metadata": {"ownerReferences": [1, null, "a"]}, "status": {"conditions": [1, []]}})"}) {
      if (row.skip == Skip::always_cluster_state) continue;
      EXPECT_EQ(skip_reason(row.skip, json(text)), std::nullopt) << text;
    }
  }
}

TEST(Skip, OfARowAsksTheCommonRowFirst) {
  const Json pod = json(R"({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"},
                            "status": {"phase": "Failed"}})");

  EXPECT_EQ(skip_reason(rule_for("pods"), pod), Reason::terminating);
  EXPECT_EQ(skip_reason(rule_for("configmaps"), json(R"({"metadata": {"name": "a"}})")),
            std::nullopt);
}

TEST(IssuedName, IsTheAccountsNameAndFiveLettersOrDigits) {
  EXPECT_TRUE(is_issued_name("cart", "cart-token-x7k2p"));
  EXPECT_TRUE(is_issued_name("cart", "cart-dockercfg-x7k2p"));

  for (const std::string name : {"cart-token-x7k2", "cart-token-x7k2pq", "cart-token-X7K2P",
                                 "carts-token-x7k2p", "cart-tokens-x7k2p", "cart"}) {
    EXPECT_FALSE(is_issued_name("cart", name)) << name;
  }
}

}  // namespace
}  // namespace salvor::restore
