#include "cli/output.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::cli {
namespace {

TEST(Output, FormatsAreKnownByName) {
  EXPECT_EQ(format_of("table"), Format::table);
  EXPECT_EQ(format_of("wide"), Format::wide);
  EXPECT_EQ(format_of("json"), Format::json);
  EXPECT_EQ(format_of("yaml"), Format::yaml);
  EXPECT_EQ(format_of("name"), Format::name);
}

TEST(Output, ProgramsGetNothingButDocuments) {
  EXPECT_TRUE(is_for_programs(Format::json));
  EXPECT_TRUE(is_for_programs(Format::name));
  EXPECT_FALSE(is_for_programs(Format::wide));
}

TEST(Output, WritesDocuments) {
  const Json value = {{"name", "zürich"}, {"count", 2}};

  EXPECT_EQ(document_text(value, Format::json), "{\n  \"count\": 2,\n  \"name\": \"zürich\"\n}\n");
  EXPECT_EQ(document_text(value, Format::yaml), "count: 2\nname: zürich\n");
}

TEST(Output, BytesThatAreNotUtf8DoNotStopIt) {
  EXPECT_NE(document_text(Json{{"name", "\xff"}}, Format::json).find("name"), std::string::npos);
}

}  // namespace
}  // namespace salvor::cli
