#include "restore/cautions.h"

#include <gtest/gtest.h>

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;

std::vector<std::string> checks(const std::string& kind, const char* object = "{}",
                                bool is_renamed = false) {
  std::vector<std::string> names;
  for (const FoundCaution& found : cautions_for(kind, json(object), is_renamed))
    names.emplace_back(found.caution->check);
  return names;
}

using Names = std::vector<std::string>;

TEST(Cautions, AreFewForAnOrdinaryObject) {
  EXPECT_EQ(checks("configmaps"), Names());
  EXPECT_EQ(checks("services", R"({"spec": {"type": "LoadBalancer"}})"), Names());
}

TEST(Cautions, SayWhatIsBoundToItsNamespacesName) {
  EXPECT_EQ(checks("sealedsecrets.bitnami.com"), Names());
  EXPECT_EQ(checks("sealedsecrets.bitnami.com", "{}", true), Names{"sealed"});
}

TEST(Cautions, SayWhatStandsForSomethingOutside) {
  EXPECT_EQ(checks("buckets.s3.aws.crossplane.io"), Names{"external"});
  EXPECT_EQ(checks("buckets.s3.services.k8s.aws"), Names{"external"});
  EXPECT_EQ(checks("buckets.example.com"), Names());
}

TEST(Cautions, SayWhatBelongsToANetworkOrANode) {
  EXPECT_EQ(checks("persistentvolumes", R"({"spec": {"hostPath": {"path": "/x"}}})"),
            Names{"node_local"});
  EXPECT_EQ(checks("services", R"({"spec": {"loadBalancerIP": "192.0.2.1"}})"),
            Names{"load_balancer"});
  EXPECT_EQ(checks("networkpolicies.networking.k8s.io",
                   R"({"spec": {"egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]}})"),
            Names{"ip_block"});
}

TEST(Cautions, SayWhatGitOpsMayRevert) {
  EXPECT_EQ(checks("deployments.apps", R"({"metadata": {"labels":
                {"kustomize.toolkit.fluxcd.io/name": "apps"}}})"),
            Names{"gitops"});
  EXPECT_EQ(checks("deployments.apps", R"({"metadata": {"annotations":
                {"argocd.argoproj.io/tracking-id": "a:apps/Deployment:b/c"}}})"),
            Names{"gitops"});
}

TEST(Hosts, AreThoseOfIngressesAndRoutes) {
  EXPECT_EQ(hosts_of(json(R"({"kind": "Ingress", "spec": {"rules": [{"host": "a"}, {}, 7]}})")),
            Names{"a"});
  EXPECT_EQ(hosts_of(json(R"({"kind": "HTTPRoute", "spec": {"hostnames": ["a", "b", 7]}})")),
            (Names{"a", "b"}));
  EXPECT_EQ(hosts_of(json(R"({"kind": "Route", "spec": {"host": "a"}})")), Names{"a"});
  EXPECT_EQ(hosts_of(json(R"({"kind": "ConfigMap", "spec": {"host": "a"}})")), Names());
}

std::string subject(const std::string& kind, const char* object) {
  const std::vector<FoundCaution> found = cautions_for(kind, json(object), false);
  return found.size() == 1 ? found.front().subject : std::to_string(found.size()) + " cautions";
}

TEST(Cautions, SayWhatTheyAreAbout) {
  EXPECT_EQ(subject("persistentvolumes", R"({"metadata": {"name": "disk"},
                                             "spec": {"local": {"path": "/x"}}})"),
            "disk");
  EXPECT_EQ(subject("services", R"({"metadata": {"namespace": "shop", "name": "web"},
                                    "spec": {"loadBalancerIP": "192.0.2.1"}})"),
            "shop/web");
  EXPECT_EQ(subject("deployments.apps", R"({"metadata": {"annotations":
                {"argocd.argoproj.io/tracking-id": "a:apps/Deployment:b/c"}}})"),
            "a");
  EXPECT_EQ(subject("pods", R"({"spec": {"containers": [{"ports": [{"hostPort": 443}]},
                {"ports": [{"hostPort": 80}, {"containerPort": 1}, 7]}, 7]}})"),
            "port 80, 443");
}

}  // namespace
}  // namespace salvor::restore
