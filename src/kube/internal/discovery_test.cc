#include "kube/internal/discovery.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "http/testing/imposter.h"

namespace salvor::kube {
namespace {

using http::testing::Imposter;
using testing::ElementsAre;
using testing::IsEmpty;

http::Response ok(const std::string& body) { return {.status = 200, .headers = {}, .body = body}; }

class DiscoveryTest : public testing::Test {
 protected:
  Result<Discovery> discover() {
    ClusterAccess access{.server = server.url()};
    auto connection = Connection::open(std::move(access), "salvor/test", {});
    if (!connection.ok()) return connection.error();
    return discover_types(context, **connection);
  }
  static std::vector<std::string> names(const Discovery& discovery) {
    std::vector<std::string> all;
    for (const ResourceType& type : discovery.types) {
      all.push_back(type.api_version() + " " + type.resource + " " + type.kind);
    }
    return all;
  }

  Imposter server;
  Context context = background().within(std::chrono::seconds(30));
};

TEST_F(DiscoveryTest, ReadsAggregatedDiscovery) {
  server.always("GET", "/api", ok(R"({"kind":"APIGroupDiscoveryList","items":[{"metadata":{},
    "versions":[{"version":"v1","freshness":"Current","resources":[{"resource":"pods",
    "responseKind":{"group":"","version":"","kind":"Pod"},"scope":"Namespaced","verbs":["get"],
    "subresources":[{"subresource":"log"}]}]}]}]})"));
  server.always("GET", "/apis", ok(R"({"kind":"APIGroupDiscoveryList","items":[
    {"metadata":{"name":"autoscaling"},"versions":[
      {"version":"v2","freshness":"Current","resources":[{"resource":"scalers","scope":"Namespaced",
       "responseKind":{"kind":"Scaler"},"verbs":["list"]}]},
      {"version":"v1","freshness":"Current","resources":[{"resource":"scalers","scope":"Cluster",
       "responseKind":{"kind":"Scaler"},"verbs":["list"]}]}]},
    {"metadata":{"name":"metrics.k8s.io"},"versions":[{"version":"v1","freshness":"Stale"}]}]})"));

  const auto found = discover();

  ASSERT_TRUE(found.ok()) << found.error().describe();
  EXPECT_THAT(names(*found), ElementsAre("v1 pods Pod", "autoscaling/v2 scalers Scaler",
                                         "autoscaling/v1 scalers Scaler"));
  EXPECT_TRUE(found->types[0].namespaced);
  EXPECT_FALSE(found->types[2].namespaced);
  EXPECT_EQ(found->find("autoscaling", "scalers")->version, "v2");
  EXPECT_THAT(found->failed_groups, ElementsAre("metrics.k8s.io"));
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(DiscoveryTest, FallsBackToOneRequestForEachVersion) {
  server.always("GET", "/api", ok(R"({"kind":"APIVersions","versions":["v1"]})"));
  server.always("GET", "/api/v1", ok(R"({"kind":"APIResourceList","resources":[
    {"name":"pods","kind":"Pod","namespaced":true,"verbs":["get","list"]},
    {"name":"pods/log","kind":"Pod","namespaced":true,"verbs":["get"]}]})"));
  server.always("GET", "/apis", ok(R"({"kind":"APIGroupList","groups":[{"name":"apps",
    "versions":[{"groupVersion":"apps/v1","version":"v1"}],
    "preferredVersion":{"groupVersion":"apps/v1","version":"v1"}}]})"));
  server.always("GET", "/apis/apps/v1", ok(R"({"kind":"APIResourceList","resources":[
    {"name":"deployments","kind":"Deployment","namespaced":true,"verbs":["get"]}]})"));

  const auto found = discover();

  ASSERT_TRUE(found.ok()) << found.error().describe();
  EXPECT_THAT(names(*found), ElementsAre("v1 pods Pod", "apps/v1 deployments Deployment"));
  EXPECT_THAT(found->types[0].verbs, ElementsAre("get", "list"));
  EXPECT_THAT(found->failed_groups, IsEmpty());
}

TEST_F(DiscoveryTest, NotesAGroupThatDoesNotAnswer) {
  server.always("GET", "/api", ok(R"({"kind":"APIVersions","versions":[]})"));
  server.always("GET", "/apis", ok(R"({"kind":"APIGroupList","groups":[{"name":"metrics.k8s.io",
    "versions":[{"groupVersion":"metrics.k8s.io/v1","version":"v1"}]}]})"));
  server.always("GET", "/apis/metrics.k8s.io/v1", {.status = 404, .headers = {}, .body = ""});

  const auto found = discover();

  ASSERT_TRUE(found.ok()) << found.error().describe();
  EXPECT_THAT(found->failed_groups, ElementsAre("metrics.k8s.io"));
}

TEST_F(DiscoveryTest, FailsWhenWeMayNotAsk) {
  server.always("GET", "/api", {.status = 403, .headers = {}, .body = ""});

  const auto found = discover();

  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::denied);
}

TEST_F(DiscoveryTest, FailsOnAnAnswerThatIsNoJson) {
  server.always("GET", "/api", ok("<html>"));

  EXPECT_FALSE(discover().ok());
}

}  // namespace
}  // namespace salvor::kube
