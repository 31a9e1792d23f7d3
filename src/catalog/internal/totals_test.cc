#include "catalog/internal/totals.h"

#include <gtest/gtest.h>

namespace salvor::catalog {
namespace {

Sql where(std::string text) { return {"a = ?", {std::move(text)}}; }

TEST(Totals, AreKeptUntilTheTableIsWritten) {
  Totals totals;
  totals.keep("jobs", where("x"), totals.version("jobs"), 7);

  EXPECT_EQ(totals.find("jobs", where("x"), totals.version("jobs")), 7U);
  totals.written("backups");
  EXPECT_EQ(totals.find("jobs", where("x"), totals.version("jobs")), 7U);
  totals.written("jobs");
  EXPECT_FALSE(totals.find("jobs", where("x"), totals.version("jobs")).has_value());
}

TEST(Totals, AreLabelledByTheVersionBeforeTheRead) {
  Totals totals;
  const std::uint64_t before = totals.version("jobs");
  totals.written("jobs");

  totals.keep("jobs", where("x"), before, 7);

  EXPECT_FALSE(totals.find("jobs", where("x"), totals.version("jobs")).has_value());
}

TEST(Totals, TellQuestionsApart) {
  Totals totals;
  const Sql one{"?, ?", {std::string("a\n1 'b"), std::string("c")}};
  const Sql other{"?, ?", {std::string("a"), std::string("b\n2 'c")}};
  totals.keep("jobs", one, 0, 7);

  EXPECT_FALSE(totals.find("jobs", other, 0).has_value());
  EXPECT_FALSE(totals.find("backups", one, 0).has_value());
  EXPECT_FALSE(totals.find("jobs", {"?", {std::int64_t{1}}}, 0).has_value());
}

TEST(Totals, AreNotKeptForFilters) {
  Totals totals;
  const schema::Filter filter;
  const Sql sql{"f(?)", {&filter}};

  totals.keep("jobs", sql, 0, 7);

  EXPECT_FALSE(totals.find("jobs", sql, 0).has_value());
}

TEST(Totals, AreBounded) {
  Totals totals;
  totals.keep("jobs", where(std::string(10000, 'x')), 0, 7);
  EXPECT_FALSE(totals.find("jobs", where(std::string(10000, 'x')), 0).has_value());

  for (int i = 0; i < 300; ++i) totals.keep("jobs", where(std::to_string(i)), 0, 7);
  EXPECT_FALSE(totals.find("jobs", where("0"), 0).has_value());
  EXPECT_TRUE(totals.find("jobs", where("299"), 0).has_value());
}

}  // namespace
}  // namespace salvor::catalog
