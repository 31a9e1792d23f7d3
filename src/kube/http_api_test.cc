#include "kube/http_api.h"

#include <gmock/gmock.h>

#include <thread>

#include "http/testing/imposter.h"
#include "kube/status.h"

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

TEST_F(HttpApiTest, GoesOnWatchingWhereTheServerEnded) {
  server.once("GET", "/api/v1/pods", ok(added("a", 8) + added("b", 9)));
  server.once("GET", "/api/v1/pods", ok(added("c", 10)));
  std::vector<std::string> seen;

  const auto watched =
      api->watch(context, pods, {.resource_version = "7"}, [&](const WatchEvent& event) {
        seen.push_back(text_at(member(event.object, "metadata"), "name"));
        return seen.size() < 3;
      });

  EXPECT_TRUE(watched.ok()) << watched.error().describe();
  EXPECT_THAT(seen, ElementsAre("a", "b", "c"));
  EXPECT_THAT(server.requests().at(0).target, HasSubstr("resourceVersion=7"));
  EXPECT_THAT(server.requests().at(1).target, HasSubstr("resourceVersion=9"));
}

TEST_F(HttpApiTest, GoesOnWatchingAfterABrokenConnection) {
  server.drop_once("GET", "/api/v1/pods");
  server.once("GET", "/api/v1/pods", ok(added("a", 8)));

  const auto watched =
      api->watch(context, pods, {.resource_version = "7"}, [](const WatchEvent&) { return false; });

  EXPECT_TRUE(watched.ok()) << watched.error().describe();
  EXPECT_THAT(server.unused(), testing::IsEmpty());
}

TEST_F(HttpApiTest, SaysThatAWatchedVersionHasExpired) {
  server.once("GET", "/api/v1/pods",
              ok(R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}})"
                 "\n"));
  server.once("GET", "/api/v1/pods", {.status = 410, .headers = {}, .body = ""});

  const WatchSink go_on = [](const WatchEvent&) { return true; };
  const auto in_stream = api->watch(context, pods, {.resource_version = "7"}, go_on);
  const auto at_once = api->watch(context, pods, {.resource_version = "7"}, go_on);

  ASSERT_FALSE(in_stream.ok());
  EXPECT_TRUE(is_expired(in_stream.error()));
  ASSERT_FALSE(at_once.ok());
  EXPECT_TRUE(is_expired(at_once.error()));
}

TEST_F(HttpApiTest, EndsASilentWatchAtItsDeadline) {
  server.hold("GET", "/api/v1/pods");
  Context brief = background().within(std::chrono::milliseconds(300));

  const auto watched =
      api->watch(brief, pods, {.resource_version = "7"}, [](const WatchEvent&) { return true; });

  EXPECT_TRUE(watched.ok()) << watched.error().describe();
  EXPECT_TRUE(brief.expired());
}

TEST_F(HttpApiTest, EndsASilentWatchWhenStopped) {
  server.hold("GET", "/api/v1/pods");
  std::stop_source source;
  Context stoppable = context.stopped_by(source.get_token());
  // Somebody else must stop what blocks us.
  std::jthread stopper([&] {
    EXPECT_TRUE(server.wait_for_requests(1));
    source.request_stop();
  });

  const auto watched = api->watch(stoppable, pods, {.resource_version = "7"},
                                  [](const WatchEvent&) { return true; });

  ASSERT_FALSE(watched.ok());
  EXPECT_EQ(watched.error().code, ErrorCode::cancelled);
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
