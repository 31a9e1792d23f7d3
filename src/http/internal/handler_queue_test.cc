#include "http/internal/handler_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace salvor::http::internal {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

// A queue at a time of its own, and what it began so far.
struct Rig {
  HandlerQueue queue;
  SteadyTime now{std::chrono::hours(1)};
  std::vector<HandlerQueue::Number> begun;

  explicit Rig(HandlerLimits limits) : queue(limits) {}
  bool add() {
    return queue.add(now, [this](HandlerQueue::Number number) { begun.push_back(number); });
  }
  void pass(int of_milliseconds) {
    now += milliseconds(of_milliseconds);
    queue.advance(now);
  }
};

HandlerLimits limits(std::size_t running, std::size_t quick, std::size_t waiting = 100) {
  return {.running_max = running,
          .quick_max = quick,
          .patience = milliseconds(20),
          .waiting_max = waiting};
}

TEST(HandlerQueue, BeginsAsManyAsThereArePlacesForQuickOnes) {
  Rig rig(limits(16, 2));
  for (int i = 0; i < 5; ++i) rig.add();

  EXPECT_THAT(rig.begun, ElementsAre(1, 2));
}

TEST(HandlerQueue, BeginsTheNextWhenOneEnds) {
  Rig rig(limits(16, 2));
  for (int i = 0; i < 5; ++i) rig.add();

  rig.queue.ended(rig.now, 1);
  EXPECT_THAT(rig.begun, ElementsAre(1, 2, 3));
  rig.queue.ended(rig.now, 3);
  EXPECT_THAT(rig.begun, ElementsAre(1, 2, 3, 4));
}

TEST(HandlerQueue, LetsOthersPassSlowOnes) {
  Rig rig(limits(16, 2));
  for (int i = 0; i < 5; ++i) rig.add();

  rig.pass(19);
  EXPECT_THAT(rig.begun, ElementsAre(1, 2));
  rig.pass(1);
  EXPECT_THAT(rig.begun, ElementsAre(1, 2, 3, 4));
}

TEST(HandlerQueue, CountsOneSlowOneAsOnePlace) {
  Rig rig(limits(16, 2));
  rig.add();
  rig.pass(15);
  for (int i = 0; i < 5; ++i) rig.add();
  EXPECT_THAT(rig.begun, ElementsAre(1, 2));

  rig.pass(5);  // the first is slow now, the second is not

  EXPECT_THAT(rig.begun, ElementsAre(1, 2, 3));
}

TEST(HandlerQueue, TellsWhenTimeAloneMakesRoom) {
  Rig rig(limits(16, 2));
  const SteadyTime begin = rig.now;
  rig.add();
  EXPECT_EQ(rig.queue.next_change(), std::nullopt);
  rig.add();
  EXPECT_EQ(rig.queue.next_change(), std::nullopt);
  rig.add();
  EXPECT_EQ(rig.queue.next_change(), begin + milliseconds(20));
}

TEST(HandlerQueue, NeverRunsMoreThanThereAreThreads) {
  Rig rig(limits(3, 2));
  for (int i = 0; i < 9; ++i) rig.add();
  rig.pass(1000);

  EXPECT_THAT(rig.begun, ElementsAre(1, 2, 3));
  EXPECT_EQ(rig.queue.next_change(), std::nullopt);
}

TEST(HandlerQueue, RefusesMoreThanMayWait) {
  Rig rig(limits(1, 1, 2));
  EXPECT_TRUE(rig.add());
  EXPECT_TRUE(rig.add());
  EXPECT_TRUE(rig.add());
  EXPECT_FALSE(rig.add());
  EXPECT_THAT(rig.begun, ElementsAre(1));
}

}  // namespace
}  // namespace salvor::http::internal
