#include "cli/yaml.h"

#include <gtest/gtest.h>

#include <random>

#include <nlohmann/json.hpp>

namespace salvor::cli {
namespace {

TEST(Yaml, ReadsPlainScalarsByTheCoreSchema) {
  const Json value = *parse_yaml("[1, -2, 1.5, true, no, null, ~, '3', \"true\", 1.2.3, 1e3]");

  EXPECT_EQ(value, Json({1, -2, 1.5, true, "no", nullptr, nullptr, "3", "true", "1.2.3", 1000.0}));
}

TEST(Yaml, ReadsNestedMapsAndAnchors) {
  EXPECT_EQ(*parse_yaml("a: &x {b: [c]}\nd: *x\n"),
            Json({{"a", {{"b", {"c"}}}}, {"d", {{"b", {"c"}}}}}));
}

TEST(Yaml, AnEmptyTextIsNull) { EXPECT_TRUE(parse_yaml("")->is_null()); }

TEST(Yaml, NamesTheLineOfAMistake) {
  const Result<Json> broken = parse_yaml("a: 1\nb: [\n");

  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().code, ErrorCode::invalid);
  EXPECT_NE(broken.error().message.find("line 3"), std::string::npos) << broken.error().message;
}

TEST(Yaml, QuotesStringsThatLookLikeSomethingElse) {
  EXPECT_EQ(to_yaml({{"a", "true"}, {"b", "12"}, {"c", ""}, {"d", "plain"}, {"e", true}}),
            "a: \"true\"\nb: \"12\"\nc: \"\"\nd: plain\ne: true\n");
}

TEST(Yaml, WritesLinesAsABlock) {
  EXPECT_EQ(to_yaml({{"pem", "one\ntwo\n"}}), "pem: |\n  one\n  two\n");
}

TEST(Yaml, GivesBackWhatItWrote) {
  const std::vector<std::string> texts = {
      "",       " ",          "~",     "null",  "0x10",     "1e5",   "-",    "- a",
      "a: b",   "#x",         "a #b",  "'",     "\"",       "{a}",   "[a]",  "&a",
      "*a",     "!t",         "%d",    "@x",    "`x`",      "|",     ">",    "a\nb",
      "a\nb\n", "a\n\nb\n",   "\na\n", "a\n\n", "  a\nb\n", "tab\t", "\x01", "über",
      "yes",    "2001-01-01", "a\\b",  "…",     "---",      "...",   "? a",  "a:",
      ".5",     "+1",         "-.inf", "0o7",   "1_000",    "NaN",   ",",    "a\r\nb\n"};
  for (const std::string& text : texts) {
    const Json value = {{"k", text}, {"l", {text, {{text.empty() ? "x" : text, 1}}}}};

    const Result<Json> back = parse_yaml(to_yaml(value));

    ASSERT_TRUE(back.ok()) << to_yaml(value);
    EXPECT_EQ(*back, value) << to_yaml(value);
  }
}

TEST(Yaml, WritesEmptyContainersAndNull) {
  const Json value = {{"a", Json::array()}, {"b", Json::object()}, {"c", nullptr}};

  EXPECT_EQ(*parse_yaml(to_yaml(value)), value) << to_yaml(value);
}

// Any JSON value of a few levels, with texts that are hard to write.
Json random_value(std::mt19937& random, int depth) {
  static const std::vector<std::string> texts = {"",   "a",      "true", "-",    "1.0", "a: b",
                                                 "\n", "x\ny\n", "'",    "\"\\", "#",   "über"};
  const auto text = [&] { return texts[random() % texts.size()]; };
  Json value;
  switch (random() % (depth > 0 ? 7U : 5U)) {
    case 0:
      return value;
    case 1:
      return random() % 2 == 0;
    case 2:
      return static_cast<std::int64_t>(random()) - 5;
    case 3:
    case 4:
      return text();
    case 5:
      value = Json::array();
      for (std::size_t i = random() % 4; i > 0; --i)
        value.push_back(random_value(random, depth - 1));
      return value;
    default:
      value = Json::object();
      for (std::size_t i = random() % 4; i > 0; --i)
        value[text()] = random_value(random, depth - 1);
      return value;
  }
}

TEST(Yaml, GivesBackAnyValue) {
  std::mt19937 random(3);
  for (int round = 0; round < 500; ++round) {
    const Json value = {{"k", random_value(random, 4)}};

    const Result<Json> back = parse_yaml(to_yaml(value));

    ASSERT_TRUE(back.ok()) << to_yaml(value);
    EXPECT_EQ(*back, value) << to_yaml(value);
  }
}

TEST(Yaml, DamagedTextIsRefusedOrReadButNeverTrusted) {
  const std::string whole =
      "contexts:\n- {name: a, server: \"https://s\"}\ncurrent: a\nk: |\n  x\n";
  std::mt19937 random(5);
  for (int round = 0; round < 1000; ++round) {
    std::string text = whole;
    for (int i = 0; i < 3; ++i) text[random() % text.size()] = static_cast<char>(random() % 128);

    const Result<Json> value = parse_yaml(text);

    if (value.ok()) continue;
    EXPECT_EQ(value.error().code, ErrorCode::invalid) << text;
  }
}

}  // namespace
}  // namespace salvor::cli
