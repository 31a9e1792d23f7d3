#include "cli/activity.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::cli {
namespace {

using Lines = std::vector<std::string>;

Json job(const Lines& lines) { return {{"activity", lines}}; }

TEST(Activity, GivesEachLineOnce) {
  ActivityTail tail;

  EXPECT_EQ(tail.take(job({"a"})), (Lines{"a"}));
  EXPECT_EQ(tail.take(job({"a"})), Lines{});
  EXPECT_EQ(tail.take(job({"a", "b", "b"})), (Lines{"b", "b"}));
  EXPECT_EQ(tail.take(job({"a", "b", "b"})), Lines{});
}

TEST(Activity, GoesOnWhenOlderLinesGiveWay) {
  ActivityTail tail;
  tail.take(job({"a", "b", "c", "d"}));

  EXPECT_EQ(tail.take(job({"a", "b", "d", "e"})), (Lines{"e"}));
}

TEST(Activity, ShowsTheNewestLineWhenItsPlaceIsLost) {
  ActivityTail tail;
  tail.take(job({"a", "b", "c", "d"}));

  EXPECT_EQ(tail.take(job({"a", "b", "f", "g"})), (Lines{"g"}));
  EXPECT_EQ(tail.take(job({"a", "b", "g", "h"})), (Lines{"h"}));
}

TEST(Activity, AJobWithoutLinesHasNone) {
  ActivityTail tail;

  EXPECT_EQ(tail.take(Json::object()), Lines{});
  EXPECT_EQ(tail.take(Json{{"activity", "x"}}), Lines{});
}

}  // namespace
}  // namespace salvor::cli
