#include "schema/resource.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/testing/sample.h"

namespace salvor::schema {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

const Resource& widgets() { return sample_resource(); }

TEST(Locate, FindsNestedFields) {
  const Place place = locate(widgets(), "place.zone");

  ASSERT_NE(place.shape, nullptr);
  EXPECT_EQ(place.shape->type, Type::string);
  EXPECT_EQ(place.field->name, "zone");
}

TEST(Locate, TakesTheRestOfAPathAsOneKeyOfAMap) {
  const Place place = locate(widgets(), "labels.app.kubernetes.io/name");

  ASSERT_NE(place.shape, nullptr);
  EXPECT_EQ(place.shape->type, Type::string);
  EXPECT_EQ(place.field, nullptr);
}

TEST(Locate, GoesThroughLists) {
  EXPECT_TRUE(locate(widgets(), "parts.name").in_list);
  EXPECT_TRUE(locate(widgets(), "parts.0.name").in_list);
  EXPECT_EQ(locate(widgets(), "parts.0.name").shape->type, Type::string);
}

TEST(Locate, HasNoPlaceForUnknownFieldsAndBelowScalars) {
  EXPECT_EQ(locate(widgets(), "nosuch").shape, nullptr);
  EXPECT_EQ(locate(widgets(), "name.first").shape, nullptr);
  EXPECT_EQ(locate(widgets(), "").shape, nullptr);
}

TEST(Locate, TellsWhatClientsMayNotSee) {
  for (const char* path : {"password", "password.x", "lease", "lease.expires", "lease.nosuch",
                           "status", "status.otp"}) {
    EXPECT_TRUE(locate(widgets(), path).is_hidden) << path;
  }
  EXPECT_FALSE(locate(widgets(), "status.state").is_hidden);
  EXPECT_FALSE(locate(widgets(), "name").is_hidden);
}

TEST(IndexedPaths, IncludeNestedAndUniqueFields) {
  const auto paths = indexed_paths(widgets());

  EXPECT_THAT(paths, Contains("name"));
  EXPECT_THAT(paths, Contains("place.zone"));
  EXPECT_THAT(paths, Contains("lease.expires"));
  EXPECT_THAT(paths, Not(Contains("weight")));
}

TEST(Hide, RemovesWhatIsNotForClientsAtAnyDepth) {
  Json document = {{"name", "a"},
                   {"password", "p"},
                   {"status", {{"state", "NEW"}, {"otp", "1"}}},
                   {"lease", {{"expires", 1}}}};

  hide(widgets(), document);

  EXPECT_EQ(document, (Json{{"name", "a"}, {"status", {{"state", "NEW"}}}}));
  EXPECT_TRUE(has_hidden_fields(widgets()));
}

TEST(WriteOnlyPaths, NameTheSecrets) {
  EXPECT_THAT(write_only_paths(widgets()), ElementsAre("password"));
}

TEST(References, AreFoundInListsToo) {
  const std::string one(24, 'a');
  const std::string two(24, 'b');

  const auto found = references(widgets(), {{"owner", one}, {"friends", {one, two}}});

  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].field, "owner");
  EXPECT_EQ(found[2].field, "friends.1");
  EXPECT_EQ(found[2].id, two);
  EXPECT_EQ(found[2].resource, "widgets");
}

TEST(WithDefaults, FillsPresentDictsAndListsOfDicts) {
  const Json filled = with_defaults(
      widgets(), {{"name", "a"}, {"place", {{"floor", 1}}}, {"parts", {{{"name", "p"}}}}});

  EXPECT_EQ(filled, (Json{{"name", "a"},
                          {"state", "PENDING"},
                          {"status", {{"state", "NEW"}}},
                          {"place", {{"floor", 1}, {"lit", true}}},
                          {"parts", {{{"name", "p"}, {"weight", 1}}}}}));
}

TEST(MetaFields, AreKnown) {
  EXPECT_TRUE(is_meta_field("_created"));
  EXPECT_FALSE(is_meta_field("_links"));
}

}  // namespace
}  // namespace salvor::schema
