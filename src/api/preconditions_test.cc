#include "api/preconditions.h"

#include <gtest/gtest.h>

#include "api/problem.h"

namespace salvor::api {
namespace {

const std::string kEtag = "13efb5b5cc8fc5766e5270c835e3e852381b60a3";

catalog::Document document() { return {.id = "x", .etag = kEtag, .text = "{}"}; }

int refused_with(const std::string& value) {
  const auto etag = required_etag({{"if-match", value}}, document());
  return etag ? 0 : http_status(etag.error());
}

TEST(IfMatch, TakesQuotedWeakAndBareEtags) {
  EXPECT_EQ(refused_with(kEtag), 0);
  EXPECT_EQ(refused_with("\"" + kEtag + "\""), 0);
  EXPECT_EQ(refused_with("W/\"" + kEtag + "\""), 0);
}

TEST(IfMatch, IsRequired) {
  EXPECT_EQ(refused_with(""), 428);
  EXPECT_EQ(refused_with("\"\""), 428);
}

TEST(IfMatch, RefusesOthersStarsAndLists) {
  EXPECT_EQ(refused_with("*"), 412);
  EXPECT_EQ(refused_with(std::string(40, 'a')), 412);
  EXPECT_EQ(refused_with("\"" + kEtag + "\", \"" + kEtag + "\""), 412);
}

TEST(IsUnmodified, NeedsAHeader) { EXPECT_FALSE(is_unmodified({}, kEtag, 100)); }

TEST(IsUnmodified, ComparesEtags) {
  EXPECT_TRUE(is_unmodified({{"If-None-Match", "W/\"" + kEtag + "\""}}, kEtag, 100));
  EXPECT_FALSE(is_unmodified({{"If-None-Match", "*"}}, kEtag, 100));
}

TEST(IsUnmodified, GivesOneSecondOfSlack) {
  const EpochSeconds updated = 1602277544;
  EXPECT_TRUE(is_unmodified({{"If-Modified-Since", rfc1123(updated - 1)}}, kEtag, updated));
  EXPECT_FALSE(is_unmodified({{"If-Modified-Since", rfc1123(updated - 2)}}, kEtag, updated));
}

TEST(IsUnmodified, WantsBothWhenBothAreSent) {
  const http::Headers headers{{"If-None-Match", std::string(40, 'a')},
                              {"If-Modified-Since", rfc1123(200)}};

  EXPECT_FALSE(is_unmodified(headers, kEtag, 100));
}

TEST(IsUnmodified, IgnoresDatesThatCannotBeRead) {
  EXPECT_FALSE(is_unmodified({{"If-Modified-Since", "yesterday"}}, kEtag, 100));
}

}  // namespace
}  // namespace salvor::api
