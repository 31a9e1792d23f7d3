#include "http/testing/imposter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/testing/raw_socket.h"

namespace salvor::http::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Response response(int status, std::string body) {
  return {.status = status, .headers = {}, .body = std::move(body)};
}

std::string ask(const Imposter& imposter, const std::string& line) {
  RawPeer peer = RawPeer::connect(imposter.port());
  peer.send(line + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  return peer.read_to_end();
}

TEST(Imposter, AnswersByMethodAndPrefix) {
  Imposter imposter;
  imposter.always("GET", "/a", response(200, "for a"));
  imposter.always("", "/b", response(201, "for b"));

  EXPECT_THAT(ask(imposter, "GET /a/1"), EndsWith("for a"));
  EXPECT_THAT(ask(imposter, "DELETE /b"), HasSubstr("201 Created"));
  EXPECT_THAT(ask(imposter, "DELETE /a"), HasSubstr("404 Not Found"));
}

TEST(Imposter, UsesOnceLinesInTheirOrderBeforeAlwaysLines) {
  Imposter imposter;
  imposter.always("GET", "/", response(200, "always"));
  imposter.once("GET", "/", response(200, "first"));
  imposter.once("GET", "/", response(200, "second"));

  EXPECT_THAT(ask(imposter, "GET /"), EndsWith("first"));
  EXPECT_THAT(ask(imposter, "GET /"), EndsWith("second"));
  EXPECT_THAT(ask(imposter, "GET /"), EndsWith("always"));
}

TEST(Imposter, DropsAConnectionAfterReadingTheRequest) {
  Imposter imposter;
  imposter.drop_once("POST", "/pods");

  EXPECT_EQ(ask(imposter, "POST /pods"), "");
  EXPECT_EQ(imposter.requests().size(), 1u);
}

TEST(Imposter, TellsWhichFaultsDidNotHappen) {
  Imposter imposter;
  imposter.once("GET", "/a", response(500, ""));
  imposter.drop_once("POST", "/b");
  ask(imposter, "GET /a");

  EXPECT_THAT(imposter.unused(), ElementsAre("POST /b"));
  ask(imposter, "POST /b");
  EXPECT_THAT(imposter.unused(), IsEmpty());
}

TEST(Imposter, HoldsRequestsUntilReleased) {
  Imposter imposter;
  imposter.always("GET", "/slow", response(200, "done"));
  imposter.hold("GET", "/slow");
  RawPeer peer = RawPeer::connect(imposter.port());
  peer.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(imposter.wait_for_requests(1));
  EXPECT_THAT(ask(imposter, "GET /other"), HasSubstr("404"));

  imposter.release();

  EXPECT_THAT(peer.read_response(), EndsWith("done"));
}

TEST(Imposter, RecordsWhatItWasAsked) {
  Imposter imposter;
  RawPeer peer = RawPeer::connect(imposter.port());
  peer.send("PUT /x?y=z HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
  peer.read_response();

  const std::vector<Request> requests = imposter.requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].method, "PUT");
  EXPECT_EQ(requests[0].target, "/x?y=z");
  EXPECT_EQ(requests[0].body, "hi");
  EXPECT_THAT(requests[0].peer, HasSubstr("127.0.0.1:"));
}

}  // namespace
}  // namespace salvor::http::testing
