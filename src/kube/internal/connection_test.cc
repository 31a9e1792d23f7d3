#include "kube/internal/connection.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "http/testing/imposter.h"

namespace salvor::kube {
namespace {

using http::testing::Imposter;
using testing::HasSubstr;
using testing::IsEmpty;

http::Response answer(int status, const std::string& body = "{}") {
  return {.status = status, .headers = {}, .body = body};
}

http::Response come_back() {
  return {.status = 429, .headers = {{"Retry-After", "0"}}, .body = "{}"};
}

class ConnectionTest : public testing::Test {
 protected:
  void open(std::variant<NoToken, StaticToken, TokenFile, ExecPlugin> identity = NoToken{}) {
    ClusterAccess access{.server = server.url(), .identity = std::move(identity)};
    auto opened = Connection::open(std::move(access), "salvor/test", {});
    ASSERT_TRUE(opened.ok()) << opened.error().describe();
    connection = std::move(opened).value();
  }
  Result<http::Response> get() {
    return connection->call(context, {.method = "GET", .target = "/version"});
  }
  Result<http::Response> post() {
    return connection->call(context, {.method = "POST", .target = "/pods?x=1", .body = "{}"});
  }

  Imposter server;
  Context context = background().within(std::chrono::seconds(30));
  std::unique_ptr<Connection> connection;
};

TEST_F(ConnectionTest, SaysWhoWeAreAndWhatWeSend) {
  server.always("POST", "/pods", answer(201));
  open(StaticToken{"abc"});

  ASSERT_TRUE(post().ok());

  const http::Request sent = server.requests().at(0);
  EXPECT_EQ(http::header(sent.headers, "Authorization"), "Bearer abc");
  EXPECT_EQ(http::header(sent.headers, "User-Agent"), "salvor/test");
  EXPECT_EQ(http::header(sent.headers, "Content-Type"), "application/json");
  EXPECT_EQ(http::header(sent.headers, "Accept"), "application/json");
}

TEST_F(ConnectionTest, ComesBackForAWriteWhenAskedTo) {
  server.once("POST", "/pods", come_back());
  server.once("POST", "/pods", come_back());
  server.always("POST", "/pods", answer(201));
  open();

  EXPECT_TRUE(post().ok());
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST_F(ConnectionTest, GivesUpAfterTenTries) {
  server.always("POST", "/pods", come_back());
  open();

  const auto refused = post();

  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().fact("http_status"), "429");
  EXPECT_EQ(server.requests().size(), 10U);
}

TEST_F(ConnectionTest, RepeatsReadsOnly) {
  server.once("GET", "/version", answer(503));
  server.once("GET", "/version", answer(500));
  server.always("GET", "/version", answer(200));
  server.always("POST", "/pods", answer(503));
  open();

  EXPECT_TRUE(get().ok());
  EXPECT_FALSE(post().ok());
  EXPECT_EQ(server.requests().size(), 4U);
  EXPECT_THAT(server.unused(), IsEmpty());
}

TEST_F(ConnectionTest, DoesNotKnowWhatBecameOfAWriteWithoutAnAnswer) {
  server.drop_once("POST", "/pods");
  open();

  const auto lost = post();

  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().code, ErrorCode::unknown_outcome);
  EXPECT_THAT(lost.error().message, HasSubstr("POST http"));
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(ConnectionTest, ReadsAgainAfterABrokenConnection) {
  server.drop_once("GET", "/version");
  server.always("GET", "/version", answer(200));
  open();

  EXPECT_TRUE(get().ok());
  EXPECT_THAT(server.unused(), IsEmpty());
}

TEST_F(ConnectionTest, IsUnavailableWhenNobodyListens) {
  open();
  server.stop();

  const auto refused = post();

  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_THAT(refused.error().hint, HasSubstr("check that the cluster is up"));
}

TEST_F(ConnectionTest, TriesAFreshTokenAfterA401) {
  const std::string path = testing::TempDir() + "connection_test_token";
  std::ofstream(path) << "old";
  server.once("GET", "/version", answer(200));
  server.once("GET", "/version", answer(401));
  server.always("GET", "/version", answer(200));
  open(TokenFile{path});
  ASSERT_TRUE(get().ok());
  std::ofstream(path) << "new";

  EXPECT_TRUE(get().ok());

  EXPECT_EQ(http::header(server.requests().at(1).headers, "Authorization"), "Bearer old");
  EXPECT_EQ(http::header(server.requests().at(2).headers, "Authorization"), "Bearer new");
}

TEST_F(ConnectionTest, DoesNotRepeatA401WithTheSameToken) {
  server.always("GET", "/version", answer(401));
  open(StaticToken{"abc"});

  const auto refused = get();

  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::denied);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(ConnectionTest, RefusesAnAddressThatIsNone) {
  const auto opened = Connection::open({.server = "ftp://h"}, "salvor/test", {});

  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace salvor::kube
