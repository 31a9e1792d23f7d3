#include "api/member_scan.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "base/json.h"

namespace salvor::api {
namespace {

TEST(MemberScan, FindsNothingInAnEmptyObject) {
  MemberScan scan("{}");

  EXPECT_FALSE(scan.next());
}

TEST(MemberScan, ReadsEachMemberInOrder) {
  MemberScan scan(R"({"a": 1, "b": {"c": [1, "}"]}, "d": "x\"y", "e": null})");

  const auto a = scan.next();
  const auto b = scan.next();
  const auto d = scan.next();
  const auto e = scan.next();

  ASSERT_TRUE(a && b && d && e);
  EXPECT_EQ(a->value, "1");
  EXPECT_EQ(b->value, R"({"c": [1, "}"]})");
  EXPECT_EQ(d->value, R"("x\"y")");
  EXPECT_EQ(e->key, "e");
  EXPECT_FALSE(scan.next());
}

Json random_value(std::mt19937& random, int depth) {
  switch (random() % (depth > 0 ? 6 : 4)) {
    case 0:
      return static_cast<int>(random() % 2000) - 1000;
    case 1:
      return std::string("\"\\{}[],: \xc3\xa4 x").substr(0, random() % 9);
    case 2:
      return nullptr;
    case 3:
      return random() % 2 == 0;
    case 4: {
      Json list = Json::array();
      for (unsigned i = 0; i < random() % 4; ++i) list.push_back(random_value(random, depth - 1));
      return list;
    }
    default: {
      Json object = Json::object();
      for (unsigned i = 0; i < random() % 4; ++i) {
        object["k" + std::to_string(i)] = random_value(random, depth - 1);
      }
      return object;
    }
  }
}

TEST(MemberScan, AgreesWithTheParserOnRandomDocuments) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    Json document = Json::object();
    for (unsigned i = 0; i < random() % 6; ++i) {
      document["f" + std::to_string(i)] = random_value(random, 3);
    }
    const std::string text = wire_json(document);

    Json seen = Json::object();
    MemberScan scan(text);
    while (const auto found = scan.next()) {
      auto value = parse_json(found->value);
      ASSERT_TRUE(value) << text;
      seen[std::string(found->key)] = *value;
    }

    EXPECT_EQ(seen, document) << text;
  }
}

TEST(MemberScan, EndsAtTextThatIsCutShort) {
  const std::string text = R"({"a": {"b": "c"}, "d": [1, 2]})";
  for (std::size_t length = 0; length < text.size(); ++length) {
    MemberScan scan(std::string_view(text).substr(0, length));
    int members = 0;
    while (scan.next()) ++members;
    EXPECT_LE(members, 2);
  }
}

TEST(PlainString, IsTheInsideOfAStringWithoutEscapes) {
  EXPECT_EQ(plain_string("\"abc\""), "abc");
  EXPECT_FALSE(plain_string("12"));
  EXPECT_FALSE(plain_string(R"("a\n")"));
  EXPECT_FALSE(plain_string("null"));
}

}  // namespace
}  // namespace salvor::api
