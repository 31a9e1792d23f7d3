#include "http/message.h"

#include <gtest/gtest.h>

#include <random>

namespace salvor::http {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

std::string random_text(std::mt19937& random) {
  std::string text(random() % 24, '\0');
  for (char& c : text) c = static_cast<char>(random() % 256);
  return text;
}

TEST(Headers, CompareWithoutRegardToCase) {
  const Headers headers{{"Content-Type", "text/plain"}, {"ETag", "1"}};

  EXPECT_EQ(header(headers, "content-type"), "text/plain");
  EXPECT_EQ(header(headers, "ETAG"), "1");
  EXPECT_EQ(header(headers, "Content"), "");
}

TEST(Headers, GiveTheFirstOfSeveralValues) {
  const Headers headers{{"Warning", "first"}, {"warning", "second"}};

  EXPECT_EQ(header(headers, "WARNING"), "first");
  EXPECT_EQ(headers.count("Warning"), 2u);
}

TEST(ReasonPhrase, NamesRegisteredCodesOnly) {
  EXPECT_EQ(reason_phrase(404), "Not Found");
  EXPECT_EQ(reason_phrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(reason_phrase(599), "Unknown");
}

TEST(UrlDecode, UndoesEscapesAndLeavesBrokenOnes) {
  EXPECT_EQ(url_decode("a%20b%7B%7d", false), "a b{}");
  EXPECT_EQ(url_decode("100%", false), "100%");
  EXPECT_EQ(url_decode("%2", false), "%2");
  EXPECT_EQ(url_decode("%zz%4", false), "%zz%4");
  EXPECT_EQ(url_decode("%%41", false), "%A");
}

TEST(UrlDecode, TakesPlusForABlankOnlyWhenAsked) {
  EXPECT_EQ(url_decode("a+b", true), "a b");
  EXPECT_EQ(url_decode("a+b", false), "a+b");
  EXPECT_EQ(url_decode("a%2Bb", true), "a+b");
}

TEST(UrlEncode, EscapesAllButUnreserved) {
  EXPECT_EQ(url_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(url_encode("/a b+\"\xff"), "%2Fa%20b%2B%22%FF");
}

TEST(UrlEncode, IsUndoneByDecode) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    const std::string text = random_text(random);
    EXPECT_EQ(url_decode(url_encode(text), true), text);
  }
}

TEST(SplitTarget, SplitsPathAndParametersInOrder) {
  const Target target = split_target("/api/v1/jobs?sort=-a&page=2&sort=b");

  EXPECT_EQ(target.path, "/api/v1/jobs");
  EXPECT_EQ(target.parameters, (Parameters{{"sort", "-a"}, {"page", "2"}, {"sort", "b"}}));
}

TEST(SplitTarget, FindsTheFirstOfSeveralValues) {
  const Target target = split_target("/jobs?sort=a&sort=b");

  ASSERT_NE(target.find("sort"), nullptr);
  EXPECT_EQ(*target.find("sort"), "a");
  EXPECT_EQ(target.find("page"), nullptr);
}

TEST(SplitTarget, TakesRawJsonWithBlanksAndNewlines) {
  const Target target = split_target("/jobs?where={\"a\":\n   {\"$in\": [\"x=1\"]}}&page=1");

  EXPECT_EQ(*target.find("where"), "{\"a\":\n   {\"$in\": [\"x=1\"]}}");
  EXPECT_EQ(*target.find("page"), "1");
}

TEST(SplitTarget, SplitsAtTheFirstQuestionMarkOnly) {
  const Target target = split_target("/a%3Fb?q=1?2");

  EXPECT_EQ(target.path, "/a?b");
  EXPECT_EQ(*target.find("q"), "1?2");
}

TEST(SplitTarget, GivesParametersWithoutEqualsAnEmptyValue) {
  const Target target = split_target("/a?pretty&&x=&=y");

  EXPECT_EQ(target.parameters, (Parameters{{"pretty", ""}, {"x", ""}, {"", "y"}}));
}

TEST(SplitTarget, KeepsPlusInThePath) {
  const Target target = split_target("/a+b?c+d=e+f%2B");

  EXPECT_EQ(target.path, "/a+b");
  EXPECT_EQ(target.parameters, (Parameters{{"c d", "e f+"}}));
}

TEST(SplitTarget, TakesAnyBytes) {
  std::mt19937 random(11);
  for (int round = 0; round < 500; ++round) {
    const std::string name = random_text(random);
    const std::string value = random_text(random);
    const Target target = split_target("/p?" + url_encode(name) + "=" + url_encode(value));
    EXPECT_EQ(target.parameters, (Parameters{{name, value}}));
    split_target(random_text(random));
  }
}

}  // namespace
}  // namespace salvor::http
