#include "kube/internal/json_cursor.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <random>

#include "base/json.h"

namespace salvor::kube {
namespace {

using testing::ElementsAre;
using testing::Pair;

using Members = std::vector<std::pair<std::string, std::string>>;

Members members_of(std::string_view text) {
  JsonCursor cursor(text);
  Members members;
  if (cursor.enter_object()) {
    while (const auto name = cursor.next_member()) members.emplace_back(*name, cursor.value());
  }
  if (!cursor.is_at_end()) return {{"failed", cursor.problem().message}};
  return members;
}

std::vector<std::string> elements_of(std::string_view text) {
  JsonCursor cursor(text);
  std::vector<std::string> elements;
  if (cursor.enter_array()) {
    while (cursor.next_element()) elements.emplace_back(cursor.value());
  }
  if (!cursor.is_at_end()) return {"failed: " + cursor.problem().message};
  return elements;
}

TEST(JsonCursor, CutsMembersAndElements) {
  EXPECT_THAT(members_of(R"({"a":1,"b":{"c":[2,"}"]},"d":"x"})"),
              ElementsAre(Pair("a", "1"), Pair("b", R"({"c":[2,"}"]})"), Pair("d", R"("x")")));
  EXPECT_THAT(elements_of(R"([1,-2.5e3,"a,b",[],{},null,true])"),
              ElementsAre("1", "-2.5e3", R"("a,b")", "[]", "{}", "null", "true"));
}

TEST(JsonCursor, IsNotFooledByStrings) {
  EXPECT_THAT(
      members_of(R"({"a\"b":"\\","c":"\\\"}","d":"]}"})"),
      ElementsAre(Pair(R"(a\"b)", R"("\\")"), Pair("c", R"("\\\"}")"), Pair("d", R"("]}")")));
}

TEST(JsonCursor, SkipsBlanks) {
  EXPECT_THAT(members_of(" {\n \"a\" : [ 1 , 2 ] ,\t\"b\" : 3 } \n"),
              ElementsAre(Pair("a", "[ 1 , 2 ]"), Pair("b", "3")));
  EXPECT_TRUE(members_of(" { } ").empty());
  EXPECT_TRUE(elements_of("[ ]").empty());
}

TEST(JsonCursor, FindsBrokenNesting) {
  for (const char* text :
       {"", "[", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1}}", "{a:1}", "{\"a\":1,}",
        "{\"a\":\"x}", "{\"a\":[1}", "{\"a\":\"\\\"}", "1", "{,}"}) {
    EXPECT_THAT(members_of(text), ElementsAre(Pair("failed", testing::HasSubstr("at byte"))))
        << text;
  }
}

TEST(JsonCursor, EntersWhatIsNested) {
  JsonCursor cursor(R"({"a":[{"b":1},{}],"c":2})");

  ASSERT_TRUE(cursor.enter_object());
  EXPECT_EQ(cursor.next_member(), "a");
  ASSERT_TRUE(cursor.enter_array());
  ASSERT_TRUE(cursor.next_element());
  ASSERT_TRUE(cursor.enter_object());
  EXPECT_EQ(cursor.next_member(), "b");
  EXPECT_EQ(cursor.value(), "1");
  EXPECT_EQ(cursor.next_member(), std::nullopt);
  ASSERT_TRUE(cursor.next_element());
  EXPECT_EQ(cursor.value(), "{}");
  EXPECT_FALSE(cursor.next_element());
  EXPECT_EQ(cursor.next_member(), "c");
  EXPECT_EQ(cursor.value(), "2");
  EXPECT_EQ(cursor.next_member(), std::nullopt);
  EXPECT_TRUE(cursor.is_at_end());
}

TEST(JsonCursor, StaysBroken) {
  JsonCursor cursor("[1]");

  EXPECT_FALSE(cursor.enter_object());
  EXPECT_FALSE(cursor.enter_array());
  EXPECT_EQ(cursor.value(), "");
  EXPECT_FALSE(cursor.is_at_end());
}

Json random_value(std::mt19937& random, int depth) {
  static const std::string kTexts[] = {"",     "plain",  "quo\"te", "back\\",
                                       "\\\"", "{[,:]}", "\n\t",    "\xc3\xa9"};
  const auto kind = random() % (depth > 3 ? 3 : 5);
  if (kind == 0) return random() % 2 == 0 ? Json(nullptr) : Json(static_cast<int>(random() % 100));
  if (kind <= 2) return kTexts[random() % std::size(kTexts)];
  Json value = kind == 3 ? Json::array() : Json::object();
  for (auto i = random() % 5; i > 0; --i) {
    Json part = random_value(random, depth + 1);
    if (kind == 3) {
      value.push_back(std::move(part));
    } else {
      value[kTexts[random() % std::size(kTexts)] + std::to_string(i)] = std::move(part);
    }
  }
  return value;
}

TEST(JsonCursor, AgreesWithAParserOnRandomValues) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    Json list = Json::array();
    for (auto i = random() % 4; i > 0; --i) list.push_back(random_value(random, 0));
    Json rebuilt = Json::array();
    for (const std::string& element : elements_of(list.dump())) {
      const auto parsed = parse_json(element);
      ASSERT_TRUE(parsed.ok()) << element;
      rebuilt.push_back(*parsed);
    }
    ASSERT_EQ(rebuilt, list);
  }
}

TEST(JsonCursor, NeverReadsPastATruncatedText) {
  const std::string text = R"({"a":[1,{"b":"c\\"}],"d":{"e":"f\""}})";
  for (std::size_t length = 0; length < text.size(); ++length) {
    const std::vector<char> exact(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_THAT(members_of({exact.data(), exact.size()}), ElementsAre(Pair("failed", testing::_)));
  }
}

}  // namespace
}  // namespace salvor::kube
