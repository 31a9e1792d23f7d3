// Holds a catalog's filters against schema::matches, which says what they mean, and its order
// against MongoDB's.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "catalog/testing/random_widgets.h"
#include "catalog/testing/suite.h"

namespace salvor::catalog {

class CatalogFilterSuite : public CatalogSuite {
 protected:
  static constexpr int kDocuments = 60;

  void fill(RandomWidgets& random) {
    std::vector<Change> changes;
    for (int i = 0; i < kDocuments; ++i) {
      documents_.push_back(random.document(std::to_string(i)));
      changes.push_back(Insert{kWidgets, "", documents_.back()});
    }
    ASSERT_TRUE(commit(std::move(changes)).ok());
  }
  std::string expected(const schema::Filter& filter) const {
    std::string out;
    for (const Json& document : documents_) {
      if (schema::matches(filter, document)) {
        out += (out.empty() ? "" : " ") + text_at(document, "name");
      }
    }
    return out;
  }

  std::vector<Json> documents_;
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CatalogFilterSuite);

TEST_P(CatalogFilterSuite, FindsExactlyWhatMatches) {
  RandomWidgets random(7);
  fill(random);

  for (int i = 0; i < 600; ++i) {
    const std::string where = compact(random.where());
    const auto filter = schema::parse_filter(schema::sample_resource(), where);
    ASSERT_TRUE(filter.ok()) << where << filter.error().message;
    ASSERT_EQ(names({.filter = *filter, .limit = kDocuments}), expected(*filter)) << where;
  }
}

TEST_P(CatalogFilterSuite, CountsExactlyWhatMatches) {
  RandomWidgets random(8);
  fill(random);

  for (int i = 0; i < 200; ++i) {
    const std::string where = compact(random.where());
    const auto filter = schema::parse_filter(schema::sample_resource(), where);
    ASSERT_TRUE(filter.ok());
    const std::string names_found = expected(*filter);
    const auto count =
        names_found.empty() ? 0 : std::count(names_found.begin(), names_found.end(), ' ') + 1;
    ASSERT_EQ(find({.filter = *filter, .limit = 1}).total, static_cast<std::uint64_t>(count))
        << where;
  }
}

TEST_P(CatalogFilterSuite, FindsHiddenFieldsForTheServerItself) {
  inserted({{"name", "a"}, {"lease", {{"expires", 5}}}});
  inserted({{"name", "b"}});

  EXPECT_EQ(names({.filter = schema::less("lease.expires", 6)}), "a");
  EXPECT_EQ(names({.filter = schema::none_of({schema::exists("lease")})}), "b");
  EXPECT_EQ(names({.filter = schema::none_of({schema::exists("lease.expires")})}), "b");
}

TEST_P(CatalogFilterSuite, SortsTypesAsMongoDoes) {
  inserted({{"name", "bool"}, {"extra", true}});
  inserted({{"name", "object"}, {"extra", {{"a", 1}}}});
  inserted({{"name", "text"}, {"extra", "1"}});
  inserted({{"name", "number"}, {"extra", 5}});
  inserted({{"name", "null"}, {"extra", nullptr}});
  inserted({{"name", "missing"}});

  EXPECT_EQ(names({.sort = {{"extra", false}}}), "null missing number text object bool");
  EXPECT_EQ(names({.sort = {{"extra", true}}}), "bool object text number null missing");
}

TEST_P(CatalogFilterSuite, SortsAListByItsLeastOrGreatestElement) {
  inserted({{"name", "a"}, {"numbers", {5, 1}}});
  inserted({{"name", "b"}, {"numbers", {3}}});

  EXPECT_EQ(names({.sort = {{"numbers", false}}}), "a b");
  EXPECT_EQ(names({.sort = {{"numbers", true}}}), "a b");
}

TEST_P(CatalogFilterSuite, SortsTextByCodePoints) {
  for (const char* name : {"ä", "a", "B", "\xF0\x9F\x98\x80"}) inserted({{"name", name}});

  EXPECT_EQ(names({.sort = {{"name", false}}}), "B a ä \xF0\x9F\x98\x80");
}

TEST_P(CatalogFilterSuite, SortsAndFindsByMetaFields) {
  clock_.set(1000);
  const Document a = inserted({{"name", "a"}});
  clock_.set(2000);
  inserted({{"name", "b"}});

  EXPECT_EQ(names({.sort = {{"_created", true}}}), "b a");
  EXPECT_EQ(names({.filter = schema::equals("_id", a.id)}), "a");
  EXPECT_EQ(names({.filter = schema::greater("_created", rfc1123(1500))}), "b");
  EXPECT_EQ(names({.filter = schema::equals("_etag", a.etag)}), "a");
}

}  // namespace salvor::catalog
