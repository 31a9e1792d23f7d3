#include "catalog/internal/sqlite_table.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "schema/testing/sample.h"

namespace salvor::catalog {
namespace {

const Column& column(const Table& table, const std::string& path) {
  for (const Column& candidate : table.columns) {
    if (candidate.path == path) return candidate;
  }
  ADD_FAILURE() << path;
  return table.columns.front();
}

bool has_index(const Table& table, const std::string& name) {
  return std::any_of(table.indexes.begin(), table.indexes.end(),
                     [&](const Index& index) { return index.name == name; });
}

TEST(SqliteTable, HasAColumnForEachIndexedField) {
  const Table table = table_of(schema::sample_resource());

  EXPECT_TRUE(table.has_column("state"));
  EXPECT_TRUE(table.has_column("lease.expires"));
  EXPECT_FALSE(table.has_column("weight"));
}

TEST(SqliteTable, HasNoIndexThatAWiderOneServes) {
  const Table table = table_of(schema::sample_resource());

  EXPECT_TRUE(has_index(table, "widgets by state size"));
  EXPECT_FALSE(has_index(table, "widgets by state"));
  EXPECT_TRUE(has_index(table, "widgets by size"));
  EXPECT_TRUE(has_index(table, "widgets unique name"));
}

TEST(SqliteTable, CopiesOnlyValuesOfTheDeclaredType) {
  const Table table = table_of(schema::sample_resource());
  const SqlValue nothing = std::monostate();

  EXPECT_EQ(column_value(column(table, "size"), {{"size", 5}}), SqlValue(std::int64_t{5}));
  EXPECT_EQ(column_value(column(table, "size"), {{"size", "5"}}), nothing);
  EXPECT_EQ(column_value(column(table, "ready"), {{"ready", true}}), SqlValue(std::int64_t{1}));
  EXPECT_EQ(column_value(column(table, "note"), {{"note", nullptr}}), nothing);
  EXPECT_EQ(column_value(column(table, "place.zone"), {{"place", {{"zone", "z"}}}}),
            SqlValue(std::string("z")));
  EXPECT_EQ(column_value(column(table, "place.zone"), {{"place", 1}}), nothing);
}

TEST(SqliteTable, QuotesNamesThatSqlWouldReadOtherwise) {
  EXPECT_EQ(identifier("group"), "\"group\"");
  EXPECT_EQ(json_path("a.b"), "'$.a.b'");
}

}  // namespace
}  // namespace salvor::catalog
