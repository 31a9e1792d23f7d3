// Deaths, stops and cancels of a drill: at every tenth of its events, and with another
// --gtest_random_seed at other ones; `make soak-drill` tries all.
#include <gtest/gtest.h>

#include "proof/testing/drill_world.h"

namespace salvor::proof {
namespace {

using restore::testing::Life;
using testing::DrillWorld;

constexpr std::size_t kEvery = 10;

std::size_t first_event() {
  return static_cast<std::size_t>(::testing::UnitTest::GetInstance()->random_seed()) % kEvery;
}

std::size_t events_of_a_drill() {
  DrillWorld world;
  Life whole;
  world.run(world.add_job(world.add_shop()), whole);
  return whole.events();
}

// At a request or write the process dies, and another goes on.
TEST(DrillCrash, GoesOnToTheSameVerdictAfterADeathAnywhere) {
  const std::size_t events = events_of_a_drill();
  ASSERT_GT(events, 60U);
  for (std::size_t last = first_event(); last < events; last += kEvery) {
    DrillWorld world;
    const std::string point = world.add_shop();
    const auto before = world.everything();
    const std::string job = world.add_job(point);
    Life life(last);
    world.run(job, life);
    ASSERT_TRUE(life.is_dead()) << last;

    world.run(job);

    ASSERT_EQ(world.bench.job(job)["state"], "COMPLETED")
        << last << world.bench.job(job)["message"] << world.told(point).dump(1);
    ASSERT_EQ(world.told(point)["state"], "PASSED") << last;
    ASSERT_EQ(world.everything(), before) << last;
    ASSERT_TRUE(world.storage.stored.contains("snap-of-data")) << last;
  }
}

// The same, but somebody cancels the job while nobody works on it.
TEST(DrillCrash, LeavesNothingWhenItIsCancelledAfterADeathAnywhere) {
  const std::size_t events = events_of_a_drill();
  for (std::size_t last = first_event(); last < events; last += kEvery) {
    DrillWorld world;
    const std::string point = world.add_shop();
    const auto before = world.everything();
    const std::string job = world.add_job(point);
    Life life(last);
    world.run(job, life);
    world.bench.set_job(job, {{"state", "CANCELLING"}});

    world.run(job);

    const std::string state = world.bench.job(job)["state"];
    ASSERT_TRUE(state == "CANCELED" || state == "COMPLETED") << state << " at event " << last;
    for (const Json& row : world.rows("kuberestoreitems")) ASSERT_NE(row["state"], "PENDING");
    ASSERT_EQ(world.everything(), before) << last;
    ASSERT_TRUE(world.storage.stored.contains("snap-of-data")) << last;
  }
}

// The same of a copy, whose volume is filled in the movers' namespace and handed over.
TEST(DrillCrash, LeavesNothingOfACopyWheneverItDies) {
  std::size_t last = first_event();
  for (;; last += 3 * kEvery) {
    DrillWorld world;
    const std::string point = world.add_copied_shop();
    const auto before = world.everything();
    const std::string job = world.add_job(point);
    Life life(last);
    world.run(job, life);
    if (!life.is_dead()) break;

    world.run(job);

    ASSERT_EQ(world.told(point)["state"], "PASSED") << last << world.told(point).dump(1);
    ASSERT_EQ(world.everything(), before) << last;
  }
  EXPECT_GT(last, 60U);
}

// Put down while it waits for workloads: nothing is removed yet, and the next run goes on.
TEST(DrillCrash, IsPutDownAndGoesOn) {
  DrillWorld world;
  const std::string point = world.add_shop();
  const auto before = world.everything();
  const std::string job = world.add_job(point);
  world.before = [&](jobs::LeaseRun& run) {
    world.on_request = [&](const kube::FakeRequest& request) -> Result<void> {
      if (request.group_resource == "daemonsets.apps") run.stop(jobs::StopReason::drained);
      return {};
    };
  };
  world.run(job);
  EXPECT_EQ(world.bench.job(job)["state"], "RUNNING");
  EXPECT_NE(world.everything(), before);
  world.before = nullptr;
  world.on_request = nullptr;

  world.run(job);

  EXPECT_EQ(world.bench.job(job)["state"], "COMPLETED");
  EXPECT_EQ(world.everything(), before);
}

}  // namespace
}  // namespace salvor::proof
