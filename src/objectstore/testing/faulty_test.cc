#include "objectstore/testing/faulty.h"

#include <gtest/gtest-spi.h>

#include <chrono>

#include "objectstore/memory.h"
#include "objectstore/testing/whole.h"

namespace salvor::objectstore::testing {
namespace {

class Faulty : public ::testing::Test {
 protected:
  std::unique_ptr<Store> inner_ = make_memory_store();
  FaultyStore store_{*inner_};
};

TEST_F(Faulty, FailsTheWriteThatHoldsTheByte) {
  store_.script({.operation = Operation::write, .effect = Effect::disk_full, .at_byte = 5});
  Context context = background();
  const auto upload = std::move(store_.put(context, "a")).value();

  EXPECT_TRUE(upload->write(context, "01234").ok());
  EXPECT_EQ(upload->write(context, "56789").error().code, ErrorCode::exhausted);
}

TEST_F(Faulty, ChangesOneByteOnRead) {
  ASSERT_TRUE(put_all(*inner_, "a", "0123456789").ok());
  store_.script({.operation = Operation::get, .effect = Effect::corrupt, .at_byte = 3});

  EXPECT_EQ(get_all(store_, "a").value(),
            "012\x13"
            "456789");
  EXPECT_EQ(get_all(store_, "a").value(), "0123456789");
}

TEST_F(Faulty, CutsARead) {
  ASSERT_TRUE(put_all(*inner_, "a", "0123456789").ok());
  store_.script({.operation = Operation::get, .effect = Effect::cut, .at_byte = 3});

  EXPECT_EQ(get_all(store_, "a").error().code, ErrorCode::corrupt);
}

TEST_F(Faulty, StallsUntilTheDeadline) {
  store_.script({.operation = Operation::list, .effect = Effect::stall});
  Context context = background().within(std::chrono::milliseconds(1));

  EXPECT_EQ(store_.list(context, "").error().code, ErrorCode::unavailable);
}

TEST_F(Faulty, DoesWhatItReportsLost) {
  store_.script({.operation = Operation::finish, .effect = Effect::lost});

  EXPECT_EQ(put_all(store_, "a", "x").error().code, ErrorCode::unavailable);

  EXPECT_EQ(get_all(*inner_, "a").value(), "x");
}

TEST_F(Faulty, StaysDead) {
  ASSERT_TRUE(put_all(*inner_, "a", "x").ok());
  store_.script({.operation = Operation::any, .effect = Effect::die, .after = 1});
  Context context = background();

  EXPECT_TRUE(store_.stat(context, "a").ok());
  EXPECT_FALSE(store_.remove(context, "a").ok());
  EXPECT_FALSE(store_.stat(context, "a").ok());

  EXPECT_TRUE(store_.is_dead());
  EXPECT_EQ(names_in(*inner_, ""), Names{"a"});
}

TEST(FaultyStoreItself, FailsATestWhoseFaultNeverFired) {
  const auto forget = [] {
    const auto inner = make_memory_store();
    FaultyStore store(*inner);
    store.script({.operation = Operation::get});
  };
  EXPECT_NONFATAL_FAILURE(forget(), "never fired");
}

}  // namespace
}  // namespace salvor::objectstore::testing
