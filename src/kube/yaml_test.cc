#include "kube/yaml.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace salvor::kube {
namespace {

constexpr JsonLimits kLimits{.bytes = 1000, .depth = 4};

std::string read(const std::string& text) {
  const auto parsed = parse_yaml(text, kLimits);
  return parsed.ok() ? compact(*parsed) : parsed.error().message;
}

TEST(Yaml, ReadsMapsListsAndScalars) {
  EXPECT_EQ(read("a: [1, x]\nb:\n  - c: 'y'\n"), R"({"a":["1","x"],"b":[{"c":"y"}]})");
}

TEST(Yaml, KeepsTheMeaningOfPlainWordsOnly) {
  EXPECT_EQ(read("[true, 'true', false, null, ~, '', yes]"),
            R"([true,"true",false,null,null,"","yes"])");
}

TEST(Yaml, ReadsBlockTextAndJson) {
  EXPECT_EQ(read("a: |\n  one\n  two\n"), R"({"a":"one\ntwo\n"})");
  EXPECT_EQ(read(R"({"a": {"b": "c"}})"), R"({"a":{"b":"c"}})");
}

TEST(Yaml, TakesTheLastOfARepeatedKey) { EXPECT_EQ(read("a: 1\na: 2"), R"({"a":"2"})"); }

TEST(Yaml, RefusesAliases) {
  EXPECT_EQ(read("a: &x [1]\nb: *x"), "YAML aliases are not taken (line 2)");
  EXPECT_EQ(read("a: &x 1\n*x : b"), "YAML aliases are not taken (line 2)");
}

TEST(Yaml, RefusesDepthAndSize) {
  EXPECT_EQ(read("[[[[]]]]"), "[[[[]]]]");
  EXPECT_EQ(read("[[[[[]]]]]"), "nested too deeply");
  EXPECT_EQ(read(std::string(1001, 'a')), "larger than 0 KiB");
}

TEST(Yaml, SurvivesDepthThatTheLibraryItselfRefuses) {
  const auto parsed = parse_yaml(std::string(100'000, '['), {.bytes = 200'000, .depth = 4});

  EXPECT_FALSE(parsed.ok());
}

TEST(Yaml, NamesTheLineOfAnError) {
  EXPECT_THAT(read("a: 1\nb: [secret"), testing::HasSubstr("no valid YAML near line"));
  EXPECT_THAT(read("a: 1\nb: [secret"), testing::Not(testing::HasSubstr("secret")));
  EXPECT_EQ(read(""), "no YAML document");
}

TEST(YamlDocument, HasNumbersAndKnowsWhereMappingsBegin) {
  const auto document =
      parse_yaml_document("version: 1\nrules:\n- a: 1.5\n  b: '2'\n- c:\n    d: 1Gi\n", {});

  ASSERT_TRUE(document.ok()) << document.error().describe();
  EXPECT_EQ(document->value["version"], 1);
  EXPECT_EQ(document->value["rules"][0]["a"], 1.5);
  EXPECT_EQ(document->value["rules"][0]["b"], "2");
  EXPECT_EQ(document->value["rules"][1]["c"]["d"], "1Gi");
  EXPECT_EQ(document->lines, (std::map<std::string, int>{
                                 {"", 1}, {"/rules/0", 3}, {"/rules/1", 5}, {"/rules/1/c", 6}}));
}

}  // namespace
}  // namespace salvor::kube
