#include "base/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor {
namespace {

TEST(Json, RefusesDeepNestingWithoutRecursion) {
  const std::string deep(100000, '[');
  EXPECT_EQ(parse_json(deep).error().code, ErrorCode::invalid);
}

TEST(Json, BracketsInsideStringsAreNotDepth) {
  const std::string text = "\"" + std::string(1000, '[') + "\\\"[[\"";
  EXPECT_TRUE(parse_json(text).ok());
}

TEST(Json, RefusesTextOverTheLimit) {
  EXPECT_FALSE(parse_json("[1,2,3]", {.bytes = 6}).ok());
  EXPECT_TRUE(parse_json("[1,2,3]", {.bytes = 7}).ok());
}

TEST(Json, NamesThePlaceOfAnError) {
  EXPECT_NE(parse_json("{\"a\": tru}").error().message.find("near byte"), std::string::npos);
}

TEST(Json, RefusesNumbersOutOfRange) { EXPECT_FALSE(parse_json("1e999").ok()); }

TEST(Json, WireFormIsAsciiWithBlanks) {
  EXPECT_EQ(wire_json(Json::parse(R"({"b":[1,"é"],"a":{"x":null}})")),
            R"({"a": {"x": null}, "b": [1, "\u00e9"]})");
}

TEST(Json, WireFormHasEveryScalarAsItIs) {
  const std::string text =
      "[0, -1, 9223372036854775807, -9223372036854775808, 18446744073709551615, true, false, null, "
      "1.5, -0.25, \"\"]";
  EXPECT_EQ(wire_json(Json::parse(text)), text);
}

TEST(Json, MemberOfAnythingElseIsNull) {
  const Json list = Json::array();
  EXPECT_TRUE(member(list, "a").is_null());
  EXPECT_EQ(text_at(Json{{"a", 1}}, "a"), "");
}

}  // namespace
}  // namespace salvor
