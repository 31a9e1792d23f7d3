#include "restore/kind_waiter.h"

#include <gtest/gtest.h>

#include "kube/testing/fake_cluster.h"
#include "kube/testing/instant_clock.h"
#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

const DefinedKind kWidgets{"example.com", "widgets", "Widget", true, {"v1", "v2"}};

struct KindWaiterTest : ::testing::Test {
  kube::InstantClock clock;
  Context context{clock, null_log(), {}, {}};
  kube::FakeCluster cluster{clock, {.controllers = kube::Controllers::stepped}};
  KindWaiter waiter{cluster};

  void define(const std::vector<std::string>& versions) {
    cluster.seed(testing::definition("example.com", "Widget", versions));
    cluster.settle();
  }
};

TEST_F(KindWaiterTest, IsDoneAtOnceWhenTheKindIsServed) {
  define({"v1", "v2"});

  EXPECT_TRUE(waiter.wait_until_served(context, kWidgets, std::chrono::seconds(1)).ok());
  EXPECT_EQ(cluster.request_count(), 1U);
}

TEST_F(KindWaiterTest, WaitsForAllVersions) {
  define({"v1"});

  const auto waited = waiter.wait_until_served(context, kWidgets, std::chrono::seconds(1));

  ASSERT_FALSE(waited.ok());
  EXPECT_EQ(waited.error().code, ErrorCode::unavailable);
  EXPECT_GE(clock.elapsed(), std::chrono::seconds(1));
}

TEST_F(KindWaiterTest, BearsADiscoveryThatFailsForAWhile) {
  define({"v1", "v2"});
  cluster.fault({.verb = kube::Verb::discover}, kube::FaultKind::internal_error, 6);

  EXPECT_TRUE(waiter.wait_until_served(context, kWidgets, std::chrono::seconds(60)).ok());
}

TEST_F(KindWaiterTest, SharesOneLookAmongMany) {
  define({"v1", "v2"});
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(waiter.wait_until_served(context, kWidgets, std::chrono::seconds(1)).ok());

  EXPECT_EQ(cluster.request_count(), 1U);
}

TEST_F(KindWaiterTest, StopsWhenToldTo) {
  std::stop_source stop;
  stop.request_stop();
  Context stopped = context.stopped_by(stop.get_token());

  const auto waited = waiter.wait_until_served(stopped, kWidgets, std::chrono::seconds(60));

  ASSERT_FALSE(waited.ok());
  EXPECT_EQ(waited.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace salvor::restore
