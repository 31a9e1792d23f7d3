#include "api/links.h"

#include <gtest/gtest.h>

#include "resources/all.h"

namespace salvor::api {
namespace {

const schema::Resource& jobs() { return *resources::find("jobs"); }

ListQuery read(const std::string& query) {
  return read_list_query(jobs(), http::split_target("/api/v1/jobs?" + query));
}

TEST(Links, RepeatTheQueryInEvesOrder) {
  const ListQuery query = read("x=1&page=3&sort=-a&where={\"a\":1}&max_results=7&projection=p");

  EXPECT_EQ(query_text(jobs(), query, 3), "?max_results=7&where={\"a\":1}&sort=-a&page=3&x=1");
  EXPECT_EQ(query_text(jobs(), query, 1), "?max_results=7&where={\"a\":1}&sort=-a&x=1");
}

TEST(Links, SayNothingOfDefaultsAndEmptyParameters) {
  EXPECT_EQ(query_text(jobs(), read("max_results=25&page=1&where=&sort="), 1), "");
}

TEST(Links, TitlesAreNamesWithoutTheirSs) {
  EXPECT_EQ(title_of("kubepvclaims"), "Kubepvclaim");
  EXPECT_EQ(title_of("kubepvcprogress"), "Kubepvcprogre");
  EXPECT_EQ(title_of(""), "");
}

TEST(Links, EscapeWhatJsonMust) {
  EXPECT_NE(list_links(jobs(), read("where={\"a\":1}"), 1).find("?where={\\\"a\\\":1}"),
            std::string::npos);
}

}  // namespace
}  // namespace salvor::api
