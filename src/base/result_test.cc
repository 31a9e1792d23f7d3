#include "base/result.h"

#include <gtest/gtest.h>

namespace salvor {
namespace {

Result<int> half_of(int number) {
  if (number % 2 != 0) return error(ErrorCode::invalid, "odd number");
  return number / 2;
}

Result<int> quarter_of(int number) {
  TRY(const int half, half_of(number));
  TRY(const int quarter, half_of(half).within("halving again"));
  return quarter;
}

TEST(Result, CarriesAValue) { EXPECT_EQ(quarter_of(8).value(), 2); }

TEST(Result, TryReturnsTheErrorToTheCaller) {
  EXPECT_EQ(quarter_of(3).error().message, "odd number");
}

TEST(Result, WithinSaysWhatWasBeingDone) {
  EXPECT_EQ(quarter_of(6).error().message, "halving again: odd number");
}

TEST(Error, OnlyUnavailableIsRetryable) {
  EXPECT_TRUE(error(ErrorCode::unavailable, "x").retryable());
  EXPECT_FALSE(error(ErrorCode::unknown_outcome, "x").retryable());
}

TEST(Error, KeepsFactsAndHint) {
  const Error failure =
      error(ErrorCode::denied, "forbidden").with("http_status", "403").with_hint("grant it");

  EXPECT_EQ(failure.fact("http_status"), "403");
  EXPECT_EQ(failure.fact("missing"), "");
  EXPECT_EQ(failure.describe(), "forbidden (grant it)");
}

TEST(CheckDeathTest, NamesThePlace) {
  EXPECT_DEATH(CHECK(1 == 2), "result_test.cc:.*broken invariant: 1 == 2");
}

}  // namespace
}  // namespace salvor
