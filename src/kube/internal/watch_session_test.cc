#include "kube/internal/watch_session.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "http/testing/imposter.h"
#include "kube/status.h"
#include "kube/testing/instant_clock.h"

namespace salvor::kube {
namespace {

using http::testing::Imposter;
using testing::ElementsAre;
using testing::HasSubstr;

http::Response streamed(const std::string& body) {
  return {.status = 200, .headers = {}, .body = body};
}

std::string added(const std::string& name, int version) {
  return R"({"type":"ADDED","object":{"metadata":{"name":")" + name + R"(","resourceVersion":")" +
         std::to_string(version) + "\"}}}\n";
}

class WatchSessionTest : public testing::Test {
 protected:
  void SetUp() override {
    ClusterAccess access{.server = server.url()};
    auto opened = Connection::open(std::move(access), "salvor/test", {});
    ASSERT_TRUE(opened.ok()) << opened.error().describe();
    connection = std::move(opened).value();
  }
  Result<void> watch(Context& limited, const ListOptions& options, const WatchSink& sink) {
    return WatchSession(*connection, pods, options, sink).run(limited);
  }

  Imposter server;
  Context context = background().within(std::chrono::seconds(30));
  std::unique_ptr<Connection> connection;
  const ResourceType pods{
      .group = "", .version = "v1", .resource = "pods", .kind = "Pod", .namespaced = true};
};

TEST_F(WatchSessionTest, GoesOnWatchingWhereTheServerEnded) {
  server.once("GET", "/api/v1/pods", streamed(added("a", 8) + added("b", 9)));
  server.once("GET", "/api/v1/pods", streamed(added("c", 10)));
  std::vector<std::string> seen;

  const auto watched = watch(context, {.resource_version = "7"}, [&](const WatchEvent& event) {
    seen.push_back(text_at(member(event.object, "metadata"), "name"));
    return seen.size() < 3;
  });

  EXPECT_TRUE(watched.ok()) << watched.error().describe();
  EXPECT_THAT(seen, ElementsAre("a", "b", "c"));
  EXPECT_THAT(server.requests().at(0).target, HasSubstr("resourceVersion=7"));
  EXPECT_THAT(server.requests().at(1).target, HasSubstr("resourceVersion=9"));
}

TEST_F(WatchSessionTest, GoesOnWatchingAfterABrokenConnection) {
  server.drop_once("GET", "/api/v1/pods");
  server.once("GET", "/api/v1/pods", streamed(added("a", 8)));

  const auto watched =
      watch(context, {.resource_version = "7"}, [](const WatchEvent&) { return false; });

  EXPECT_TRUE(watched.ok()) << watched.error().describe();
  EXPECT_THAT(server.unused(), testing::IsEmpty());
}

TEST_F(WatchSessionTest, SaysThatAWatchedVersionHasExpired) {
  server.once(
      "GET", "/api/v1/pods",
      streamed(R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}})"
               "\n"));
  server.once("GET", "/api/v1/pods", {.status = 410, .headers = {}, .body = ""});

  const WatchSink go_on = [](const WatchEvent&) { return true; };
  const auto in_stream = watch(context, {.resource_version = "7"}, go_on);
  const auto at_once = watch(context, {.resource_version = "7"}, go_on);

  ASSERT_FALSE(in_stream.ok());
  EXPECT_TRUE(is_expired(in_stream.error()));
  ASSERT_FALSE(at_once.ok());
  EXPECT_TRUE(is_expired(at_once.error()));
}

TEST_F(WatchSessionTest, EndsASilentWatchAtItsDeadline) {
  server.hold("GET", "/api/v1/pods");
  Context brief = background().within(std::chrono::milliseconds(300));

  const auto watched =
      watch(brief, {.resource_version = "7"}, [](const WatchEvent&) { return true; });

  EXPECT_TRUE(watched.ok()) << watched.error().describe();
  EXPECT_TRUE(brief.expired());
}

TEST_F(WatchSessionTest, EndsASilentWatchWhenStopped) {
  server.hold("GET", "/api/v1/pods");
  std::stop_source source;
  Context stoppable = context.stopped_by(source.get_token());
  // Somebody else must stop what blocks us.
  std::jthread stopper([&] {
    EXPECT_TRUE(server.wait_for_requests(1));
    source.request_stop();
  });

  const auto watched =
      watch(stoppable, {.resource_version = "7"}, [](const WatchEvent&) { return true; });

  ASSERT_FALSE(watched.ok());
  EXPECT_EQ(watched.error().code, ErrorCode::cancelled);
}

TEST_F(WatchSessionTest, GivesUpWhenTheServerStaysAway) {
  server.stop();
  InstantClock clock;
  Context patient = Context{clock, null_log(), {}, {}}.within(std::chrono::minutes(10));

  const auto watched =
      watch(patient, {.resource_version = "7"}, [](const WatchEvent&) { return true; });

  ASSERT_FALSE(watched.ok());
  EXPECT_EQ(watched.error().code, ErrorCode::unavailable);
  EXPECT_GT(clock.elapsed(), std::chrono::seconds(30));
}

TEST_F(WatchSessionTest, RefusesAnEventThatIsNone) {
  server.once("GET", "/api/v1/pods", streamed("{\"type\":\"ADDED\"}\n"));

  const auto watched =
      watch(context, {.resource_version = "7"}, [](const WatchEvent&) { return true; });

  ASSERT_FALSE(watched.ok());
  EXPECT_EQ(watched.error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace salvor::kube
