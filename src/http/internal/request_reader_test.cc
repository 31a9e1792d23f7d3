#include "http/internal/request_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace salvor::http::internal {
namespace {

using ::testing::HasSubstr;
using State = RequestReader::State;

constexpr ReaderLimits kLimits{.header_bytes_max = 1000, .body_bytes_max = 50};

// The status that the bytes are refused with; 0 if they are a whole request, -1 if more must come.
int verdict(const std::string& bytes) {
  RequestReader reader(kLimits);
  reader.feed(bytes);
  if (reader.state() == State::whole) return 0;
  return reader.state() == State::refused ? reader.refusal().status : -1;
}

std::string post(const std::string& headers, const std::string& body) {
  return "POST /a HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body;
}

TEST(RequestReader, ReadsARequestWithoutBody) {
  RequestReader reader(kLimits);
  EXPECT_EQ(reader.state(), State::idle);

  reader.feed("get /a?b=c HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n");

  ASSERT_EQ(reader.state(), State::whole);
  const Request request = reader.take();
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/a?b=c");
  EXPECT_EQ(header(request.headers, "accept"), "*/*");
  EXPECT_EQ(request.body, "");
  EXPECT_TRUE(reader.keeps_alive());
  EXPECT_EQ(reader.state(), State::idle);
}

TEST(RequestReader, GivesTheTargetAsItCame) {
  RequestReader reader(kLimits);

  reader.feed("GET /api/v1/jobs?where={\"a\":\n  1} HTTP/1.1\r\nHost: x\r\n\r\n");

  ASSERT_EQ(reader.state(), State::whole);
  EXPECT_EQ(reader.take().target, "/api/v1/jobs?where={\"a\":\n  1}");
}

TEST(RequestReader, ReadsTheSameFromAnyPieces) {
  const std::string bytes =
      "\r\nPOST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
      "PUT /api?b={ } HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n"
      "GET /c HTTP/1.0\r\n\r\n";
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    RequestReader reader(kLimits);
    std::string seen;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = 1 + random() % 30;
      reader.feed(bytes.substr(at, size));
      at += size;
      while (reader.state() == State::whole) {
        const Request request = reader.take();
        seen += request.method + " " + request.target + " " + request.body + "\n";
      }
      ASSERT_NE(reader.state(), State::refused) << reader.refusal().message;
    }
    EXPECT_EQ(seen, "POST /a hello\nPUT /api?b={ } abcde\nGET /c \n");
    EXPECT_FALSE(reader.keeps_alive());
  }
}

TEST(RequestReader, KeepsTrailersOutOfTheHeaders) {
  RequestReader reader(kLimits);

  reader.feed(post("Transfer-Encoding: chunked\r\n", "0\r\nAuthorization: me\r\n\r\n"));

  ASSERT_EQ(reader.state(), State::whole);
  EXPECT_EQ(header(reader.take().headers, "Authorization"), "");
}

TEST(RequestReader, AsksForTheBodyOnce) {
  RequestReader reader(kLimits);
  reader.feed(post("Content-Length: 2\r\nExpect: 100-Continue\r\n", ""));

  EXPECT_TRUE(reader.take_expectation());
  EXPECT_FALSE(reader.take_expectation());
  reader.feed("ab");
  EXPECT_EQ(reader.take().body, "ab");
}

TEST(RequestReader, DoesNotAskForABodyThatCameAlready) {
  RequestReader reader(kLimits);

  reader.feed(post("Content-Length: 2\r\nExpect: 100-continue\r\n", "a"));

  EXPECT_FALSE(reader.take_expectation());
}

TEST(RequestReader, TakesTheAuthorityOutOfATarget) {
  RequestReader reader(kLimits);
  reader.feed("GET http://x:80/a/b?c HTTP/1.1\r\nHost: x\r\n\r\nGET http://x HTTP/1.1\r\n\r\n");

  EXPECT_EQ(reader.take().target, "/a/b?c");
  EXPECT_EQ(reader.take().target, "/");
}

TEST(RequestReader, FollowsConnectionHeaders) {
  RequestReader reader(kLimits);
  reader.feed(
      "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\nGET / HTTP/1.1\r\n"
      "Connection: close\r\n\r\n");

  reader.take();
  EXPECT_TRUE(reader.keeps_alive());
  EXPECT_TRUE(reader.is_http_1_0());
  reader.take();
  EXPECT_FALSE(reader.keeps_alive());
}

TEST(RequestReader, RefusesHeadsThatAreTooLong) {
  const std::string filler(1001, 'a');

  EXPECT_EQ(verdict("GET /" + filler), 431);
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nA: " + filler + "\r\n\r\n"), 431);
  EXPECT_EQ(verdict("GET /" + std::string(900, '{') + " HTTP/1.1\r\nHost: x\r\n\r\n"), 0);
}

TEST(RequestReader, RefusesBodiesThatAreTooLargeBeforeTheyCome) {
  EXPECT_EQ(verdict(post("Content-Length: 51\r\n", "")), 413);
  EXPECT_EQ(verdict(post("Content-Length: 99999999999999999999\r\n", "")), 400);
  EXPECT_EQ(verdict(post("Transfer-Encoding: chunked\r\n", "33\r\n")), 413);
  EXPECT_EQ(verdict(post("Content-Length: 50\r\n", std::string(50, 'x'))), 0);
}

TEST(RequestReader, RefusesBodiesOfDoubtfulLength) {
  EXPECT_EQ(verdict(post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "")), 400);
  EXPECT_EQ(verdict(post("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", "")), 400);
  EXPECT_EQ(verdict(post("Content-Length: 1\r\nContent-Length: 2\r\n", "")), 400);
  EXPECT_EQ(verdict(post("Content-Length: -1\r\n", "")), 400);
  EXPECT_EQ(verdict(post("Content-Length: +1\r\n", "")), 400);
  EXPECT_EQ(verdict(post("Content-Length: 0x1\r\n", "")), 400);
  EXPECT_EQ(verdict(post("Content-Length: \r\n", "")), 400);
  EXPECT_EQ(verdict(post("Content-Length : 1\r\n", "")), 400);
  EXPECT_EQ(verdict(post("Transfer-Encoding: gzip, chunked\r\n", "")), 501);
  EXPECT_EQ(verdict(post("Transfer-Encoding: identity\r\n", "")), 501);
  EXPECT_EQ(verdict(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "")), 400);
  EXPECT_EQ(verdict("POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(RequestReader, RefusesBrokenChunks) {
  const auto chunked = [](const std::string& body) {
    return verdict(post("Transfer-Encoding: chunked\r\n", body));
  };

  EXPECT_EQ(chunked("x\r\n"), 400);
  EXPECT_EQ(chunked("2\r\nabc\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(chunked("ffffffffffffffffff\r\n"), 400);
  EXPECT_EQ(chunked("1;" + std::string(17000, 'e')), 400);
  EXPECT_EQ(chunked("0\r\nbad header\r\n\r\n"), 400);
}

TEST(RequestReader, RefusesWhatIsNotHttp) {
  EXPECT_EQ(verdict("\x16\x03\x01 hello\r\n\r\n"), 400);
  EXPECT_EQ(verdict("GET / HTTP/3.0\r\n\r\n"), 400);
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nno colon\r\n\r\n"), 400);
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(verdict("GET / HTTP/1.1\r\nExpect: a miracle\r\n\r\n"), 417);
}

TEST(RequestReader, SaysWhatWasWrong) {
  RequestReader reader(kLimits);

  reader.feed(post("Content-Length: 51\r\n", ""));

  ASSERT_EQ(reader.state(), State::refused);
  EXPECT_THAT(reader.refusal().message, HasSubstr("larger than 50 bytes"));
}

TEST(RequestReader, SurvivesAnyBytes) {
  constexpr std::string_view kPieces[] = {"GET ",
                                          "/api?",
                                          " HTTP/1.1\r\n",
                                          "\r\n",
                                          "Host: x",
                                          "5",
                                          "0\r\n",
                                          "\r\n\r\n",
                                          "{",
                                          "\n",
                                          "chunked",
                                          "Transfer-Encoding: ",
                                          "Content-Length: ",
                                          std::string_view("\0", 1),
                                          "\xff",
                                          ": "};
  std::mt19937 random(9);
  for (int round = 0; round < 20000; ++round) {
    RequestReader reader(kLimits);
    for (std::size_t i = random() % 20; i > 0 && reader.state() != State::refused; --i) {
      reader.feed(kPieces[random() % std::size(kPieces)]);
      while (reader.state() == State::whole) reader.take();
    }
  }
}

}  // namespace
}  // namespace salvor::http::internal
