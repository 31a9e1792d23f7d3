#include "objectstore/limited.h"

#include <gtest/gtest.h>

#include "kube/testing/instant_clock.h"
#include "objectstore/memory.h"
#include "objectstore/testing/whole.h"

namespace salvor::objectstore::testing {
namespace {

class Limited : public ::testing::Test {
 protected:
  kube::InstantClock clock_;
  Context context_{clock_, null_log(), {}, {}};
  std::unique_ptr<Store> store_ =
      make_limited_store(make_memory_store(), {.up_bytes = 1000, .down_bytes = 500});

  Result<void> put(std::size_t size) {
    TRY(const auto upload, store_->put(context_, "a"));
    TRY_VOID(upload->write(context_, std::string(size, 'x')));
    return upload->finish(context_);
  }
};

TEST_F(Limited, WritesNoFasterThanItMay) {
  ASSERT_TRUE(put(10'000).ok());

  EXPECT_EQ(clock_.elapsed(), std::chrono::seconds(10));
}

TEST_F(Limited, ReadsNoFasterThanItMay) {
  ASSERT_TRUE(put(10'000).ok());
  std::string part(1000, 'x');
  const Duration before = clock_.elapsed();

  ASSERT_TRUE(store_->get(context_, "a", [](std::string_view) { return Result<void>(); }).ok());
  ASSERT_TRUE(store_->read(context_, "a", 0, part).ok());

  EXPECT_EQ(clock_.elapsed() - before, std::chrono::seconds(22));
}

TEST_F(Limited, DoesNotSaveUpWhatWasNotUsed) {
  clock_.wait_for(std::chrono::hours(1), {});
  const Duration before = clock_.elapsed();

  ASSERT_TRUE(put(1000).ok());

  EXPECT_EQ(clock_.elapsed() - before, std::chrono::seconds(1));
}

TEST_F(Limited, StopsWhenAsked) {
  std::stop_source stop;
  const auto upload = store_->put(context_, "a").value();
  Context stopped = context_.stopped_by(stop.get_token());
  stop.request_stop();

  EXPECT_EQ(upload->write(stopped, "x").error().code, ErrorCode::cancelled);
}

TEST_F(Limited, NeedsNoTimeWithoutALimit) {
  store_ = make_limited_store(make_memory_store(), {});

  ASSERT_TRUE(put(10'000'000).ok());

  EXPECT_EQ(clock_.elapsed(), Duration::zero());
}

}  // namespace
}  // namespace salvor::objectstore::testing
