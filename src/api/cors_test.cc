#include "api/cors.h"

#include <gtest/gtest.h>

namespace salvor::api {
namespace {

http::Response answer(const std::vector<std::string>& origins, const std::string& origin) {
  http::Request request;
  if (!origin.empty()) request.headers.emplace("Origin", origin);
  http::Response response;
  add_cors_headers(origins, request, "GET, OPTIONS", response);
  return response;
}

TEST(CorsHeaders, AreLeftOutWithoutOriginsOrWithoutAnOrigin) {
  EXPECT_TRUE(answer({}, "https://a").headers.empty());
  EXPECT_TRUE(answer({"https://a"}, "").headers.empty());
}

TEST(CorsHeaders, NameTheOriginThatIsAllowed) {
  const http::Response response = answer({"https://a", "https://b"}, "https://b");

  EXPECT_EQ(http::header(response.headers, "Access-Control-Allow-Origin"), "https://b");
  EXPECT_EQ(http::header(response.headers, "Access-Control-Allow-Methods"), "GET, OPTIONS");
  EXPECT_FALSE(response.headers.contains("Vary"));
}

TEST(CorsHeaders, VaryOnlyWhenEveryOriginIsAllowed) {
  const http::Response response = answer({"*"}, "https://any");

  EXPECT_EQ(http::header(response.headers, "Access-Control-Allow-Origin"), "https://any");
  EXPECT_EQ(http::header(response.headers, "Vary"), "Origin");
}

}  // namespace
}  // namespace salvor::api
