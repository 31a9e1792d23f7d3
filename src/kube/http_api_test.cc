#include "kube/http_api.h"

#include <gmock/gmock.h>

#include "http/testing/imposter.h"

namespace salvor::kube {
namespace {

using http::testing::Imposter;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

http::Response ok(const std::string& body) { return {.status = 200, .headers = {}, .body = body}; }

std::string added(const std::string& name, int version) {
  return R"({"type":"ADDED","object":{"metadata":{"name":")" + name + R"(","resourceVersion":")" +
         std::to_string(version) + "\"}}}\n";
}

class HttpApiTest : public testing::Test {
 protected:
  void SetUp() override {
    auto connected = HttpApi::connect({.server = server.url()}, {.version = "test"});
    ASSERT_TRUE(connected.ok()) << connected.error().describe();
    api = std::move(connected).value();
  }

  Imposter server;
  Context context = background().within(std::chrono::seconds(30));
  std::unique_ptr<HttpApi> api;
  const ResourceType pods{
      .group = "", .version = "v1", .resource = "pods", .kind = "Pod", .namespaced = true};
};

TEST_F(HttpApiTest, AsksForAPageAsKubernetesDoes) {
  server.always("GET", "/api/v1/", ok(R"({"items":[],"metadata":{}})"));

  ASSERT_TRUE(api->list(context, pods,
                        {.namespace_name = "shop",
                         .label_selector = "a=b",
                         .resource_version = "7",
                         .limit = 50})
                  .ok());
  ASSERT_TRUE(api->list(context, pods, {.continue_token = "next", .resource_version = "7"}).ok());

  EXPECT_EQ(server.requests().at(0).target,
            "/api/v1/namespaces/shop/pods?limit=50&labelSelector=a%3Db&resourceVersion=7");
  EXPECT_EQ(server.requests().at(1).target, "/api/v1/pods?limit=500&continue=next");
}

TEST_F(HttpApiTest, WritesWithItsFieldManager) {
  server.always("POST", "/api/v1/", ok("{}"));

  ASSERT_TRUE(api->create(context, pods, "shop", "{\"a\":1}", {.dry_run = DryRun::yes}).ok());

  const http::Request sent = server.requests().at(0);
  EXPECT_EQ(sent.body, "{\"a\":1}");
  EXPECT_EQ(sent.target,
            "/api/v1/namespaces/shop/pods?fieldManager=salvor&fieldValidation=Warn&dryRun=All");
}

TEST_F(HttpApiTest, HandsOnWarningsOfAnswersAndOfRefusals) {
  std::vector<std::string> warnings;
  for (const int status : {201, 409}) {
    http::Response answer = ok(R"({"kind": "Status", "status": "Failure"})");
    answer.status = status;
    answer.headers.emplace("Warning", R"(299 - "unknown field \"spec.x\"")");
    server.always("POST", "/api/v1/", answer);
    warnings.clear();

    EXPECT_EQ(api->create(context, pods, "shop", "{}", {.warnings = &warnings}).ok(),
              status == 201);

    EXPECT_THAT(warnings, ElementsAre(R"(unknown field "spec.x")"));
  }
}

TEST_F(HttpApiTest, SendsEachPatchWithItsContentType) {
  server.always("PATCH", "/api/v1/", ok("{}"));

  for (const PatchKind kind : {PatchKind::json, PatchKind::merge, PatchKind::strategic}) {
    ASSERT_TRUE(api->patch(context, pods, {"shop", "web"}, kind, Json::object(), {}).ok());
  }

  std::vector<std::string> types;
  for (const http::Request& sent : server.requests()) {
    types.push_back(http::header(sent.headers, "Content-Type"));
  }
  EXPECT_THAT(types, ElementsAre("application/json-patch+json", "application/merge-patch+json",
                                 "application/strategic-merge-patch+json"));
}

TEST_F(HttpApiTest, RemovesWithPreconditionsInTheBody) {
  server.always("DELETE", "/api/v1/", ok("{}"));

  ASSERT_TRUE(
      api->remove(context, pods, {"shop", "web"}, {.propagation = Propagation::orphan, .uid = "u1"})
          .ok());

  const http::Request sent = server.requests().at(0);
  EXPECT_THAT(sent.body, HasSubstr(R"("preconditions":{"uid":"u1"})"));
  EXPECT_THAT(sent.body, HasSubstr(R"("propagationPolicy":"Orphan")"));
  EXPECT_THAT(sent.body, Not(HasSubstr("dryRun")));
}

TEST_F(HttpApiTest, DoesNotKnowTheOutcomeOfAWriteWithAnUnreadableAnswer) {
  server.always("POST", "/api/v1/", ok("<html>"));

  const auto created = api->create(context, pods, "shop", "{}", {});

  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code, ErrorCode::unknown_outcome);
}

TEST_F(HttpApiTest, LetsAWatchersSinkCallTheCluster) {
  server.once("GET", "/api/v1/pods", ok(added("a", 8)));
  server.always("GET", "/version", ok(R"({"gitVersion":"v1.34.0","major":"1","minor":"34"})"));

  std::string version;
  const auto watched = api->watch(context, pods, {.resource_version = "7"}, [&](const WatchEvent&) {
    const auto found = api->version(context);
    if (found.ok()) version = found->git_version;
    return false;
  });

  EXPECT_TRUE(watched.ok()) << watched.error().describe();
  EXPECT_EQ(version, "v1.34.0");
}

}  // namespace
}  // namespace salvor::kube
