#include "base/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

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

}  // namespace
}  // namespace salvor
