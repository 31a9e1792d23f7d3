#include "cli/activity.h"

#include <gtest/gtest.h>

#include <random>

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

TEST(Activity, LosesNoLineOfALogThatIsReadOftenEnough) {
  std::mt19937 random(13);
  for (int round = 0; round < 100; ++round) {
    ActivityTail tail;
    Lines kept;
    Lines seen;
    for (int next = 0; next < 60;) {
      for (std::size_t burst = random() % 3; burst > 0; --burst) {
        if (kept.size() >= 10) kept.erase(kept.begin() + 5);
        kept.push_back("line " + std::to_string(next++));
      }
      for (const std::string& line : tail.take(job(kept))) seen.push_back(line);
    }
    for (std::size_t i = 0; i < seen.size(); ++i) {
      ASSERT_EQ(seen[i], "line " + std::to_string(i)) << round;
    }
    EXPECT_GE(seen.size(), 60U);
  }
}

}  // namespace
}  // namespace salvor::cli
