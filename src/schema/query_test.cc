#include "schema/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "schema/testing/sample.h"

namespace salvor::schema {
namespace {

using testing::ElementsAre;

// "a,-b" for what a sort text was read as, "400" when it was refused.
std::string sort_of(const std::string& text) {
  const auto keys = parse_sort(sample_resource(), text);
  if (!keys.ok()) return "400";
  std::string out;
  for (const Sort& key : *keys)
    out += (out.empty() ? "" : ",") + std::string(key.descending ? "-" : "") + key.field;
  return out;
}

TEST(Sort, IsReadInAllOfEvesForms) {
  EXPECT_EQ(sort_of("-start_time"), "-start_time");
  EXPECT_EQ(sort_of("-a, b"), "-a,b");
  EXPECT_EQ(sort_of(R"([("a", -1), ("b", 1)])"), "-a,b");
  EXPECT_EQ(sort_of(R"([('a', -1)])"), "-a");
  EXPECT_EQ(sort_of(R"([["a", -1]])"), "-a");
  EXPECT_EQ(sort_of(R"({"b": 1, "a": -1})"), "b,-a");
  EXPECT_EQ(sort_of("labels.app.kubernetes.io/name"), "labels.app.kubernetes.io/name");
  for (const char* text : {"", " ", "[]", "{}", "None"}) EXPECT_EQ(sort_of(text), "") << text;
}

TEST(Sort, IsRefusedWhereEveFails) {
  for (const char* text : {"a b", "a:-1", "-", ",", "a,", "[(", "\"a\"", "123", "-$x",
                           R"([("a", "-1")])", R"([("a", 2)])", R"([1])", R"({"a": "x"})"}) {
    EXPECT_EQ(sort_of(text), "400") << text;
  }
}

TEST(Sort, LeavesOutHiddenFields) { EXPECT_EQ(sort_of("password,-name,lease.expires"), "-name"); }

Json projected(const std::string& text, const Json& document) {
  const auto projection = parse_projection(text);
  return projection.ok() ? projection->apply(document) : Json("400");
}

TEST(Projection, ShowsOnlyOrAllBut) {
  const Json document = {{"_id", 1}, {"a", 1}, {"b", {{"c", 2}, {"d", 3}}}};

  EXPECT_EQ(projected(R"({"a": 1})", document), (Json{{"_id", 1}, {"a", 1}}));
  EXPECT_EQ(projected(R"({"a": 0})", document), (Json{{"_id", 1}, {"b", {{"c", 2}, {"d", 3}}}}));
  EXPECT_EQ(projected(R"({"b.c": true})", document), (Json{{"_id", 1}, {"b", {{"c", 2}}}}));
  EXPECT_EQ(projected(R"({"b.c": false})", document),
            (Json{{"_id", 1}, {"a", 1}, {"b", {{"d", 3}}}}));
  EXPECT_EQ(projected(R"({"a": 1, "b": 0})", document), (Json{{"_id", 1}, {"a", 1}}));
}

TEST(Projection, NeverRemovesMetaFields) {
  EXPECT_EQ(projected(R"({"_id": 0})", {{"_id", 1}, {"a", 1}}), (Json{{"_id", 1}, {"a", 1}}));
}

TEST(Projection, IgnoresUnknownNamesAndNothingAtAll) {
  const Json document = {{"_etag", 1}, {"a", 1}};

  EXPECT_EQ(projected(R"({"nosuch": 1})", document), (Json{{"_etag", 1}}));
  EXPECT_EQ(projected("{}", document), document);
  EXPECT_EQ(projected("", document), document);
}

TEST(Projection, GoesThroughLists) {
  const Json document = {{"l", {{{"a", 1}, {"b", 2}}, 5}}};

  EXPECT_EQ(projected(R"({"l.a": 1})", document), (Json{{"l", {{{"a", 1}}}}}));
  EXPECT_EQ(projected(R"({"l.a": 0})", document), (Json{{"l", {{{"b", 2}}, 5}}}));
}

TEST(Projection, TellsWhichFieldsItShows) {
  const Projection some = *parse_projection(R"({"a.b": 1})");
  const Projection most = *parse_projection(R"({"a": 0})");

  EXPECT_TRUE(some.shows("a") && some.shows("_id") && !some.shows("c"));
  EXPECT_TRUE(!most.shows("a") && most.shows("c"));
  EXPECT_TRUE(Projection().shows("x") && Projection().shows_all());
}

TEST(Projection, MustBeAnObject) {
  for (const char* text : {"[]", "a", "1", "{"}) {
    EXPECT_EQ(parse_projection(text).error().message, "Unable to parse `projection` clause");
  }
}

TEST(Embedded, ListsWhatIsAskedForParentsFirst) {
  EXPECT_THAT(*parse_embedded(R"({"a.b": 1, "a": true, "c": 0, "d": "1"})"),
              ElementsAre("a", "a.b"));
  EXPECT_EQ(parse_embedded("x").error().message, "Unable to parse `embedded` clause");
  EXPECT_TRUE(parse_embedded("")->empty());
}

TEST(Page, IsReadLikePythonsInt) {
  EXPECT_EQ(parse_page("3"), 3U);
  EXPECT_EQ(parse_page("-2"), 2U);
  for (const char* text : {"0", "", "x", "1.5", "1x"}) EXPECT_EQ(parse_page(text), 1U) << text;
  EXPECT_EQ(parse_page("99999999999999999999999"), 1'000'000'000'000U);
}

TEST(MaxResults, IsReadLikePythonsFloat) {
  const Resource& widgets = sample_resource();

  EXPECT_EQ(parse_max_results(widgets, "2.7"), 2U);
  EXPECT_EQ(parse_max_results(widgets, "1e2"), 100U);
  EXPECT_EQ(parse_max_results(widgets, "5000"), 1000U);
  for (const char* text : {"0", "-1", "", "x", "nan", "inf", "0.5"}) {
    EXPECT_EQ(parse_max_results(widgets, text), 25U) << text;
  }
}

}  // namespace
}  // namespace salvor::schema
