#include "base/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <vector>

namespace salvor {
namespace {

TEST(Pool, RunsEverySubmittedTaskBeforeItEnds) {
  std::atomic<int> done = 0;
  {
    Pool pool(3);
    for (int i = 0; i < 1000; ++i) pool.submit([&] { ++done; });
  }
  EXPECT_EQ(done, 1000);
}

TEST(Pool, RunsTasksSideBySide) {
  std::latch both(2);
  Pool pool(2);
  for (int i = 0; i < 2; ++i) pool.submit([&] { both.arrive_and_wait(); });
  both.wait();
}

TEST(ForEachNumber, RunsEachOnceAndStopsAtAFailure) {
  std::vector<std::atomic<int>> runs(500);
  EXPECT_TRUE(for_each_number(4, runs.size(), [&](std::size_t i) -> Result<void> {
                ++runs[i];
                return {};
              }).ok());
  for (const auto& count : runs) EXPECT_EQ(count, 1);

  std::atomic<int> begun = 0;
  const auto failed = for_each_number(4, 500, [&](std::size_t i) -> Result<void> {
    ++begun;
    if (i == 10) return error(ErrorCode::exhausted, "ten");
    return {};
  });

  EXPECT_EQ(failed.error().message, "ten");
  EXPECT_GE(begun, 11);
}

}  // namespace
}  // namespace salvor
