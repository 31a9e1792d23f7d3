#include "schema/internal/coerce.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "schema/internal/issues.h"
#include "schema/internal/rules.h"

namespace salvor::schema {
namespace {

TEST(Coerced, TakesWholeNumbersInEveryForm) {
  EXPECT_EQ(coerced(integer(), 5), Json(5));
  EXPECT_EQ(coerced(integer(), "-5"), Json(-5));
  EXPECT_EQ(coerced(integer(), 5.0), Json(5));
  EXPECT_EQ(coerced(integer(), std::numeric_limits<std::int64_t>::min()),
            Json(std::numeric_limits<std::int64_t>::min()));
}

TEST(Coerced, RefusesWhatDoesNotFit) {
  EXPECT_FALSE(coerced(integer(), std::numeric_limits<std::uint64_t>::max()).has_value());
  EXPECT_FALSE(coerced(integer(), 9223372036854775808.0).has_value());
  EXPECT_FALSE(coerced(integer(), "9223372036854775808").has_value());
  EXPECT_FALSE(coerced(number(), "inf").has_value());
  EXPECT_FALSE(coerced(number(), "nan").has_value());
}

TEST(Coerced, TakesPythonsWordsForBooleans) {
  for (const Json& value : {Json(true), Json(1), Json("1"), Json("TRUE"), Json("true")}) {
    EXPECT_EQ(coerced(boolean(), value), Json(true)) << value;
  }
  for (const Json& value : {Json(false), Json(0), Json("0"), Json("False")}) {
    EXPECT_EQ(coerced(boolean(), value), Json(false)) << value;
  }
}

TEST(Coerced, LeavesContainersToTheWalk) {
  EXPECT_EQ(coerced(list(string()), Json::array({1})), Json::array({1}));
  EXPECT_FALSE(coerced(list(string()), Json::object()).has_value());
  EXPECT_FALSE(coerced(dict({}), Json::array()).has_value());
  EXPECT_EQ(coerced(any(), nullptr), Json());
}

TEST(BrokenRules, AreAllToldAtOnce) {
  const Shape shape = string(3, 5).one_of({"abc"}).matching(dns_label());

  EXPECT_EQ(broken_rules(shape, "A").size(), 3U);
  EXPECT_TRUE(broken_rules(shape, "abc").empty());
}

TEST(BrokenRules, BoundListsFromBothSides) {
  Shape shape = list(any()).at_most(2);
  shape.least = 1;

  EXPECT_EQ(broken_rules(shape, Json::array()).at(0), "min length is 1");
  EXPECT_EQ(broken_rules(shape, Json::array({1, 2, 3})).at(0), "max length is 2");
}

TEST(AddIssue, KeepsAKeyWithDotsWhole) {
  Json issues = Json::object();

  add_issue_at(issues, {"labels", "a.b"}, "bad");

  EXPECT_EQ(issues, (Json{{"labels", {{"a.b", "bad"}}}}));
}

TEST(AddIssue, PrefersWhatIsWrongInsideToWhatIsWrongOutside) {
  Json issues = Json::object();
  add_issue_at(issues, {"a"}, "outside");
  add_issue_at(issues, {"a", "0"}, "inside");
  add_issue_at(issues, {"a"}, "outside");

  EXPECT_EQ(issues, (Json{{"a", {{"0", "inside"}}}}));
}

}  // namespace
}  // namespace salvor::schema
