#include "http/request_line.h"

#include <gtest/gtest.h>

#include <random>

#include "http/message.h"

namespace salvor::http {
namespace {

std::optional<RequestHead> split_line(const std::string& line) {
  static std::string head;
  head = line + "\r\nHost: a\r\n\r\n";
  return split_request_head(head);
}

TEST(EscapeTarget, LeavesValidTargetsAlone) {
  EXPECT_EQ(escape_target("/api/v1/jobs?where=%7B%7D&a=b+c"), "/api/v1/jobs?where=%7B%7D&a=b+c");
}

TEST(EscapeTarget, EscapesWhatMayNotStandInATarget) {
  EXPECT_EQ(escape_target("/a?w={\"b\": \n1}"), "/a?w=%7B%22b%22:%20%0A1%7D");
  EXPECT_EQ(escape_target("/\xc3\xa9#"), "/%C3%A9%23");
}

TEST(EscapeTarget, DoesNotChangeWhatATargetMeans) {
  std::mt19937 random(3);
  for (int round = 0; round < 500; ++round) {
    std::string target = "/";
    for (std::size_t i = random() % 40; i > 0; --i) target += static_cast<char>(random() % 256);
    const Target plain = split_target(target);
    const Target escaped = split_target(escape_target(target));
    EXPECT_EQ(escaped.path, plain.path);
    EXPECT_EQ(escaped.parameters, plain.parameters);
  }
}

TEST(SplitRequestHead, CutsAnOrdinaryHead) {
  const auto head = split_request_head("GET /a?b=c HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n");

  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, "GET");
  EXPECT_EQ(head->target, "/a?b=c");
  EXPECT_EQ(head->version, "HTTP/1.1");
  EXPECT_EQ(head->fields, "Host: x\r\nA: b\r\n\r\n");
}

TEST(SplitRequestHead, TakesRawJsonWithBlanksAndLineBreaks) {
  const std::string target =
      "/api/v1/kubebackups?where={\n    \"name\": \"a b\",\r\n\n  \"x\": 1 }&sort=-_created";
  const auto head = split_line("GET " + target + " HTTP/1.1");

  ASSERT_TRUE(head);
  EXPECT_EQ(head->target, target);
}

TEST(SplitRequestHead, WritesTheSameRequestStrictly) {
  const auto head = split_line("GET /api/v1/jobs?where={\"a\": 1} HTTP/1.0");

  ASSERT_TRUE(head);
  EXPECT_EQ(head->strict_text(),
            "GET /api/v1/jobs?where=%7B%22a%22:%201%7D HTTP/1.0\r\nHost: a\r\n\r\n");
}

TEST(SplitRequestHead, RefusesBlanksOutsideTheApisQueries) {
  EXPECT_FALSE(split_line("GET /a b HTTP/1.1"));
  EXPECT_FALSE(split_line("GET /web?a= b HTTP/1.1"));
  EXPECT_FALSE(split_line("GET /api/v1/jo bs?where={} HTTP/1.1"));
  EXPECT_FALSE(split_line("GET  /api?a=b HTTP/1.1"));
}

TEST(SplitRequestHead, RefusesALineInATargetThatLooksLikeAHeader) {
  EXPECT_FALSE(split_line("GET /api?a={\nContent-Length: 5\n} HTTP/1.1"));
  EXPECT_FALSE(split_line("GET /api?a=b\r\nX:y HTTP/1.1"));
  EXPECT_FALSE(split_line("GET /api?a=b\r\nTransfer-Encoding : chunked HTTP/1.1"));
}

TEST(SplitRequestHead, RefusesASecondVersionInATarget) {
  EXPECT_FALSE(split_line("GET /api?a=b HTTP/1.2\r\n{x HTTP/1.1"));
  EXPECT_FALSE(split_line("GET /api?a= HTTP/9 HTTP/1.1"));
}

TEST(SplitRequestHead, EndsATargetAtTheFirstVersion) {
  const auto head = split_request_head("GET /api?a HTTP/1.1\r\nB: /api?c HTTP/1.1\r\n\r\n");

  ASSERT_TRUE(head);
  EXPECT_EQ(head->target, "/api?a");
  EXPECT_EQ(head->fields, "B: /api?c HTTP/1.1\r\n\r\n");
}

TEST(SplitRequestHead, RefusesFirstLinesThatAreNone) {
  EXPECT_FALSE(split_line("GET /api"));
  EXPECT_FALSE(split_line("GET /api HTTP/2.0"));
  EXPECT_FALSE(split_line("GET HTTP/1.1"));
  EXPECT_FALSE(split_line("GET  HTTP/1.1"));
  EXPECT_FALSE(split_line(" GET /api HTTP/1.1"));
  EXPECT_FALSE(split_line("G{T /api HTTP/1.1"));
  EXPECT_FALSE(split_line(std::string("GET /api?\0 HTTP/1.1", 19)));
  EXPECT_FALSE(split_request_head(""));
}

TEST(SplitRequestHead, RefusesFoldedHeadersAndControlCharacters) {
  const std::string line = "GET /a HTTP/1.1\r\n";

  EXPECT_FALSE(split_request_head(line + "A: b\r\n c: d\r\n\r\n"));
  EXPECT_FALSE(split_request_head(line + " A: b\r\n\r\n"));
  EXPECT_FALSE(split_request_head(line + "A: b\nC: d\r\n\r\n"));
  EXPECT_FALSE(split_request_head(line + "A: b\rC: d\r\n\r\n"));
  EXPECT_FALSE(split_request_head(line + std::string("A: \0\r\n\r\n", 8)));
}

// Whatever is taken for a head can be read in one way only: its strict form gives the same parts.
TEST(SplitRequestHead, AgreesWithItsOwnStrictForm) {
  constexpr std::string_view kPieces[] = {"GET ", "/api?", " HTTP/1.1", "\r\n",     "\n",
                                          ":",    "A",     "{",         "\"",       " ",
                                          "x",    " HTTP", "Host: a",   "\r\n\r\n", "\t"};
  std::mt19937 random(5);
  int taken = 0;
  for (int round = 0; round < 50000; ++round) {
    std::string bytes = "GET /api?";
    for (std::size_t i = random() % 9; i > 0; --i) bytes += kPieces[random() % std::size(kPieces)];
    bytes += " HTTP/1.1\r\n\r\n";
    const auto head = split_request_head(bytes);
    if (!head) continue;
    ++taken;
    const std::string strict = head->strict_text();
    const auto again = split_request_head(strict);
    ASSERT_TRUE(again) << bytes;
    EXPECT_EQ(again->target, escape_target(head->target)) << bytes;
    EXPECT_EQ(again->fields, head->fields) << bytes;
  }
  EXPECT_GT(taken, 1000);
}

}  // namespace
}  // namespace salvor::http
