#include "restore/runner.h"

#include <gtest/gtest.h>

#include <latch>
#include <set>

#include "restore/testing/seeded_runner.h"

namespace salvor::restore {
namespace {

Outcome made(const std::string& uid) {
  Outcome outcome;
  outcome.reason = Reason::created;
  outcome.uid = uid;
  return outcome;
}

TEST(PoolRunner, HandsBackEachOutcomeWithItsStep) {
  PoolRunner runner(4);
  for (StepNumber step = 0; step < 100; ++step)
    runner.start(step, [step] { return made(std::to_string(step)); });

  std::set<StepNumber> seen;
  for (int i = 0; i < 100; ++i) {
    const auto [step, outcome] = runner.wait();
    EXPECT_EQ(outcome.uid, std::to_string(step));
    seen.insert(step);
  }
  EXPECT_EQ(seen.size(), 100U);
}

TEST(PoolRunner, RunsAsManyAtOnceAsItWasTold) {
  PoolRunner runner(3);
  std::latch all_there(3);

  for (StepNumber step = 0; step < 3; ++step) {
    runner.start(step, [&] {
      all_there.arrive_and_wait();
      return made("");
    });
  }

  for (int i = 0; i < 3; ++i) EXPECT_EQ(runner.wait().second.reason, Reason::created);
}

TEST(PoolRunner, GoesOnWhileNobodyTakesOutcomes) {
  PoolRunner runner(2);
  ASSERT_EQ(runner.capacity(), 2 + PoolRunner::kAhead);
  std::latch all_done(static_cast<std::ptrdiff_t>(runner.capacity()));

  for (StepNumber step = 0; step < runner.capacity(); ++step) {
    runner.start(step, [&] {
      all_done.count_down();
      return made("");
    });
  }

  all_done.wait();
  for (std::size_t i = 0; i < runner.capacity(); ++i) runner.wait();
}

std::vector<StepNumber> order_of(std::uint64_t seed) {
  testing::SeededRunner runner(seed, 8);
  for (StepNumber step = 0; step < 8; ++step) runner.start(step, [] { return made(""); });
  std::vector<StepNumber> order;
  for (int i = 0; i < 8; ++i) order.push_back(runner.wait().first);
  return order;
}

TEST(SeededRunner, OrdersByItsSeedAlone) {
  EXPECT_EQ(order_of(7), order_of(7));
  EXPECT_NE(order_of(7), order_of(8));
}

}  // namespace
}  // namespace salvor::restore
