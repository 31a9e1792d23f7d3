#include <gtest/gtest.h>

#include "cli/testing/shell.h"
#include "cli/transport.h"
#include "http/testing/imposter.h"

namespace salvor::cli {
namespace {

http::Request get(const std::string& target) {
  http::Request request;
  request.method = "GET";
  request.target = target;
  return request;
}

TEST(HttpTransport, CarriesRequestsToARealServer) {
  http::testing::Imposter imposter;
  imposter.always("GET", "/api/v1/jobs", {.status = 418, .headers = {}, .body = "{}"});
  Context context = background();

  const auto transport = connect_http({.url = imposter.url()});
  ASSERT_TRUE(transport.ok()) << transport.error().message;
  const Result<http::Response> response = (*transport)->send(context, get("/api/v1/jobs?page=1"));

  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(response->status, 418);
  EXPECT_EQ(imposter.requests().at(0).target, "/api/v1/jobs?page=1");
}

TEST(HttpTransport, AServerThatIsGoneIsUnavailable) {
  http::testing::Imposter imposter;
  const std::string url = imposter.url();
  imposter.stop();
  Context context = background();

  const Result<http::Response> response =
      (*connect_http({.url = url}))->send(context, get("/api/v1/jobs"));

  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().code, ErrorCode::unavailable);
}

TEST(HttpTransport, NamesACaFileThatIsMissing) {
  const auto transport = connect_http({.url = "https://s", .ca_file = "/no/such/ca.pem"});

  ASSERT_FALSE(transport.ok());
  EXPECT_EQ(transport.error().message,
            "reading the CA file: /no/such/ca.pem: No such file or directory");
}

}  // namespace
}  // namespace salvor::cli
