// What only the fake does: seeds, steps, hooks and faults. The rest is in the conformance suite.
#include "kube/testing/fake_cluster.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "kube/status.h"
#include "kube/testing/instant_clock.h"

namespace salvor::kube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const ResourceType kConfigMaps{.group = "",
                               .version = "v1",
                               .resource = "configmaps",
                               .kind = "ConfigMap",
                               .namespaced = true};

Json config_map(const std::string& name) {
  return {{"apiVersion", "v1"},
          {"kind", "ConfigMap"},
          {"metadata", {{"name", name}, {"namespace", "default"}}},
          {"data", {{"key", "one"}}}};
}

class FakeClusterTest : public testing::Test {
 protected:
  Result<Json> create(FakeCluster& cluster, const std::string& name) {
    return cluster.create(context, kConfigMaps, "default", compact(config_map(name)), {});
  }
  bool has(const FakeCluster& cluster, const std::string& name) {
    return cluster.peek("configmaps", {"default", name}).has_value();
  }
  Error failure_of(FakeCluster& cluster, FaultKind kind) {
    cluster.fault({.verb = Verb::create, .name = "web"}, kind, 1);
    const auto created = create(cluster, "web");
    EXPECT_THAT(cluster.unfired_faults(), IsEmpty());
    return created.ok() ? Error{} : created.error();
  }

  InstantClock clock;
  Context context{clock, null_log(), {}, {}};
};

TEST_F(FakeClusterTest, IsTheSameWorldTwice) {
  InstantClock other_clock;
  Context other{other_clock, null_log(), {}, {}};
  FakeCluster first(clock), second(other_clock);

  ASSERT_TRUE(create(first, "web").ok());
  ASSERT_TRUE(second.create(other, kConfigMaps, "default", compact(config_map("web")), {}).ok());

  EXPECT_EQ(first.everything(), second.everything());
}

TEST_F(FakeClusterTest, LetsATestStepItsControllers) {
  FakeCluster cluster(clock, {.controllers = Controllers::stepped});
  const ResourceType namespaces{
      .group = "", .version = "v1", .resource = "namespaces", .kind = "Namespace"};
  const Json shop = {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "shop"}}}};
  ASSERT_TRUE(cluster.create(context, namespaces, "", compact(shop), {}).ok());

  EXPECT_FALSE(cluster.peek("serviceaccounts", {"shop", "default"}).has_value());
  EXPECT_TRUE(cluster.step());
  EXPECT_TRUE(cluster.peek("serviceaccounts", {"shop", "default"}).has_value());
  EXPECT_FALSE(cluster.step());
}

TEST_F(FakeClusterTest, SeedsObjectsAsTheyAre) {
  FakeCluster cluster(clock);
  Json pod = {{"apiVersion", "v1"},
              {"kind", "Pod"},
              {"metadata", {{"name", "web"}, {"namespace", "shop"}, {"uid", "u1"}}},
              {"status", {{"phase", "Running"}}}};

  cluster.seed(pod);

  const auto found = cluster.peek("pods", {"shop", "web"});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->at("metadata").at("uid"), "u1");
  EXPECT_EQ(found->at("status").at("phase"), "Running");
  EXPECT_TRUE(cluster.peek("namespaces", {"", "shop"}).has_value());
}

TEST_F(FakeClusterTest, LosesTheAnswerOfAWriteThatHappened) {
  FakeCluster cluster(clock);

  EXPECT_EQ(failure_of(cluster, FaultKind::dropped_after_write).code, ErrorCode::unknown_outcome);
  EXPECT_TRUE(has(cluster, "web"));
}

TEST_F(FakeClusterTest, LosesAWriteBeforeItHappens) {
  FakeCluster cluster(clock);

  EXPECT_EQ(failure_of(cluster, FaultKind::dropped_before_write).code, ErrorCode::unknown_outcome);
  EXPECT_EQ(failure_of(cluster, FaultKind::refused).code, ErrorCode::unavailable);
  EXPECT_FALSE(has(cluster, "web"));
}

TEST_F(FakeClusterTest, AnswersWithServerErrors) {
  FakeCluster cluster(clock);

  EXPECT_EQ(failure_of(cluster, FaultKind::internal_error).fact("http_status"), "500");
  EXPECT_EQ(failure_of(cluster, FaultKind::service_unavailable).fact("http_status"), "503");
  EXPECT_FALSE(has(cluster, "web"));
}

TEST_F(FakeClusterTest, LetsACallComeBackAfterA429) {
  FakeCluster cluster(clock, {.retry_after_seconds = 3});
  cluster.fault({.verb = Verb::create}, FaultKind::too_many_requests, 2);

  EXPECT_TRUE(create(cluster, "web").ok());

  EXPECT_EQ(clock.elapsed(), std::chrono::seconds(6));
  EXPECT_THAT(cluster.unfired_faults(), IsEmpty());
}

TEST_F(FakeClusterTest, StallsUntilReleased) {
  FakeCluster cluster(system_clock());
  Context patient = background();
  cluster.fault({.verb = Verb::create, .name = "web"}, FaultKind::stall, 1);
  // The stalled call blocks its thread.
  std::jthread caller([&] {
    EXPECT_TRUE(
        cluster.create(patient, kConfigMaps, "default", compact(config_map("web")), {}).ok());
  });

  cluster.wait_for_stalled(1);
  EXPECT_FALSE(has(cluster, "web"));
  cluster.release_stalled();
  caller.join();

  EXPECT_TRUE(has(cluster, "web"));
}

TEST_F(FakeClusterTest, EndsAStallAtTheDeadline) {
  FakeCluster cluster(clock);

  EXPECT_EQ(failure_of(cluster, FaultKind::stall).code, ErrorCode::unknown_outcome);
  EXPECT_FALSE(has(cluster, "web"));
}

TEST_F(FakeClusterTest, ShowsEachRequestToTheHook) {
  FakeCluster cluster(clock);
  std::vector<std::string> seen;
  cluster.on_request([&](const FakeRequest& request) -> Result<void> {
    seen.push_back(std::to_string(request.number) + " " + to_string(request.verb) + " " +
                   request.group_resource + " " + request.key.namespace_name + "/" +
                   request.key.name);
    return {};
  });

  ASSERT_TRUE(create(cluster, "web").ok());
  ASSERT_TRUE(cluster.list(context, kConfigMaps, {.namespace_name = "default"}).ok());

  EXPECT_THAT(seen, ElementsAre("1 create configmaps default/web", "2 list configmaps default/"));
  EXPECT_EQ(cluster.request_count(), 2U);
}

TEST_F(FakeClusterTest, DiesAtTheRequestThatTheHookRefuses) {
  FakeCluster cluster(clock);
  cluster.on_request([](const FakeRequest& request) -> Result<void> {
    if (request.number >= 2) return error(ErrorCode::cancelled, "dead");
    return {};
  });

  EXPECT_TRUE(create(cluster, "one").ok());
  EXPECT_EQ(create(cluster, "two").error().message, "dead");
  EXPECT_FALSE(has(cluster, "two"));
}

TEST_F(FakeClusterTest, ForgetsOldVersions) {
  FakeCluster cluster(clock);
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(create(cluster, name).ok());
  const auto page = cluster.list(context, kConfigMaps, {.limit = 1});
  ASSERT_TRUE(page.ok());
  ASSERT_TRUE(create(cluster, "d").ok());

  cluster.forget_history();

  const auto rest =
      cluster.list(context, kConfigMaps, {.continue_token = page->continue_token, .limit = 1});
  const auto watched =
      cluster.watch(context, kConfigMaps, {.resource_version = page->resource_version},
                    [](const WatchEvent&) { return true; });
  ASSERT_FALSE(rest.ok());
  EXPECT_TRUE(is_expired(rest.error()));
  ASSERT_FALSE(watched.ok());
  EXPECT_TRUE(is_expired(watched.error()));
}

TEST_F(FakeClusterTest, BookmarksASilentWatch) {
  FakeCluster cluster(clock);
  Context long_enough = context.within(std::chrono::seconds(90));
  int bookmarks = 0;

  const auto watched =
      cluster.watch(long_enough, kConfigMaps, {.namespace_name = "none", .resource_version = "5"},
                    [&](const WatchEvent& event) {
                      bookmarks += event.type == WatchEvent::Type::bookmark;
                      return true;
                    });

  EXPECT_TRUE(watched.ok()) << watched.error().describe();
  EXPECT_EQ(bookmarks, 2);
}

TEST_F(FakeClusterTest, ShowsABrokenGroup) {
  FakeCluster cluster(clock);
  cluster.break_group("apps");

  const auto found = cluster.discover(context);

  ASSERT_TRUE(found.ok());
  EXPECT_THAT(found->failed_groups, ElementsAre("apps"));
  EXPECT_EQ(found->find("apps", "deployments"), nullptr);
}

TEST_F(FakeClusterTest, KeepsItsHeadUnderManyThreads) {
  FakeCluster cluster(system_clock());
  {
    // Only real threads can show a race.
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 4; ++writer) {
      writers.emplace_back([&cluster, writer] {
        Context own = background();
        for (int i = 0; i < 20; ++i) {
          const std::string name = "w" + std::to_string(writer) + "-" + std::to_string(i);
          EXPECT_TRUE(
              cluster.create(own, kConfigMaps, "default", compact(config_map(name)), {}).ok());
          EXPECT_TRUE(cluster.list(own, kConfigMaps, {.namespace_name = "default"}).ok());
        }
      });
    }
  }

  const auto page = cluster.list(context, kConfigMaps, {.namespace_name = "default"});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->items.size(), 81U);  // with kube-root-ca.crt
}

}  // namespace
}  // namespace salvor::kube
