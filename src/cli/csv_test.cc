#include "cli/csv.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::cli {
namespace {

schema::Resource things() {
  return {.path = "things",
          .title = "Thing",
          .doc = "",
          .fields = {{"name", schema::string(), schema::optional, ""},
                     {"size", schema::integer(), schema::optional, ""},
                     {"secret", schema::any(), schema::internal, ""},
                     {"parts", schema::list(schema::string()), schema::optional, ""}}};
}

TEST(Csv, HasALineOfTitlesAndOneForEachDocument) {
  EXPECT_EQ(csv_text(things(), {{{"_id", "1"}, {"name", "a"}, {"size", 3}, {"parts", {"x", "y"}}},
                                {{"_id", "2"}, {"secret", "s"}}}),
            "_id,name,size,parts\r\n"
            "1,a,3,\"[\"\"x\"\",\"\"y\"\"]\"\r\n"
            "2,,,\r\n");
}

TEST(Csv, QuotesWhatWouldBreakALine) {
  EXPECT_EQ(csv_text(things(), {{{"name", "a, \"b\"\nc"}}}),
            "_id,name,size,parts\r\n,\"a, \"\"b\"\"\nc\",,\r\n");
}

TEST(Csv, OfNothingIsItsTitles) { EXPECT_EQ(csv_text(things(), {}), "_id,name,size,parts\r\n"); }

}  // namespace
}  // namespace salvor::cli
