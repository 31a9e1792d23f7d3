#include "http/internal/response_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace salvor::http::internal {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr EpochSeconds kNow = 1602277544;

TEST(ResponseHead, WritesStatusHeadersAndLength) {
  const Response response{.status = 404, .headers = {{"ETag", "1"}}, .body = "gone"};

  EXPECT_EQ(response_head(response, Afterwards::keep, kNow),
            "HTTP/1.1 404 Not Found\r\n"
            "ETag: 1\r\n"
            "Content-Length: 4\r\n"
            "Date: Fri, 09 Oct 2020 21:05:44 GMT\r\n"
            "\r\n");
}

TEST(ResponseHead, SaysHowTheConnectionGoesOn) {
  const Response response{};

  EXPECT_THAT(response_head(response, Afterwards::keep, kNow), Not(HasSubstr("Connection")));
  EXPECT_THAT(response_head(response, Afterwards::close, kNow), HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(response_head(response, Afterwards::keep_http_1_0, kNow),
              HasSubstr("Connection: keep-alive\r\n"));
}

TEST(ResponseHead, OverridesHeadersThatAreNotTheHandlers) {
  const Response response{.status = 200,
                          .headers = {{"content-length", "7"},
                                      {"Transfer-Encoding", "chunked"},
                                      {"connection", "upgrade"},
                                      {"date", "never"}},
                          .body = ""};
  const std::string head = response_head(response, Afterwards::keep, kNow);

  EXPECT_THAT(head, HasSubstr("Content-Length: 0\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("7\r\n")));
  EXPECT_THAT(head, Not(HasSubstr("chunked")));
  EXPECT_THAT(head, Not(HasSubstr("upgrade")));
  EXPECT_THAT(head, Not(HasSubstr("never")));
}

TEST(ResponseHead, LeavesTheLengthOutWhereThereIsNoBody) {
  EXPECT_THAT(response_head({.status = 204, .headers = {}, .body = ""}, Afterwards::keep, kNow),
              Not(HasSubstr("Content-Length")));
  EXPECT_THAT(response_head({.status = 304, .headers = {}, .body = "x"}, Afterwards::keep, kNow),
              Not(HasSubstr("Content-Length")));
  EXPECT_FALSE(has_body(204));
  EXPECT_FALSE(has_body(304));
  EXPECT_TRUE(has_body(200));
}

TEST(ResponseHead, CannotBeSplitByAValue) {
  const Response response{
      .status = 302, .headers = {{"Location", "/a\r\nSet-Cookie: evil"}}, .body = ""};

  EXPECT_THAT(response_head(response, Afterwards::keep, kNow),
              HasSubstr("Location: /a  Set-Cookie: evil\r\n"));
}

}  // namespace
}  // namespace salvor::http::internal
