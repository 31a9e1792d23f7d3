#include "http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "http/testing/imposter.h"
#include "http/testing/raw_socket.h"

namespace salvor::http {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using testing::Imposter;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::RawListener;
using testing::RawPeer;

Request request(std::string method, std::string target, std::string body = {}) {
  return {std::move(method), std::move(target), {}, std::move(body), {}};
}

Response response(int status, std::string body) {
  return {.status = status, .headers = {}, .body = std::move(body)};
}

std::unique_ptr<Client> client_for(const std::string& url, ClientOptions options = {}) {
  options.base_url = url;
  auto client = Client::create(std::move(options));
  CHECK(client.ok());
  return std::move(client).value();
}

// What a call that fails fails with; not_found stands for a success, which no call fails with.
ErrorCode code_of(const Result<Response>& result) {
  return result.ok() ? ErrorCode::not_found : result.error().code;
}

TEST(Client, SendsWhatItIsGivenAndReturnsTheAnswer) {
  Imposter imposter;
  imposter.always("PATCH", "/", {.status = 422, .headers = {{"X-A", "b"}}, .body = "{\"no\": 1}"});
  const auto client = client_for(imposter.url());
  Context context = background();
  Request patch = request("PATCH", "/api?fieldManager=a&where={\"b\": 1}", "{\"x\": 2}");
  patch.headers = {{"Content-Type", "application/merge-patch+json"}, {"X-Empty", ""}};

  const auto answer = client->send(context, patch);

  ASSERT_TRUE(answer.ok()) << answer.error().describe();
  EXPECT_EQ(answer->status, 422);
  EXPECT_EQ(header(answer->headers, "x-a"), "b");
  EXPECT_EQ(answer->body, "{\"no\": 1}");
  const Request seen = imposter.requests().at(0);
  EXPECT_EQ(seen.method, "PATCH");
  EXPECT_EQ(seen.target, "/api?fieldManager=a&where=%7B%22b%22:%201%7D");
  EXPECT_EQ(seen.body, "{\"x\": 2}");
  EXPECT_EQ(header(seen.headers, "Content-Type"), "application/merge-patch+json");
  EXPECT_TRUE(seen.headers.contains("X-Empty"));
  EXPECT_FALSE(seen.headers.contains("Expect"));
}

TEST(Client, SendsEachMethodAfterAnyOtherOnTheSameHandle) {
  Imposter imposter;
  imposter.always("", "/", response(200, "body"));
  const auto client = client_for(imposter.url());
  Context context = background();

  std::string sent;
  for (const char* method : {"POST", "GET", "PUT", "HEAD", "DELETE", "GET", "OPTIONS", "POST"}) {
    const std::string body = method[0] == 'P' ? "x" : "";
    ASSERT_TRUE(client->send(context, request(method, "/m", body)).ok()) << method;
    const Request seen = imposter.requests().back();
    EXPECT_EQ(seen.method, method);
    EXPECT_EQ(seen.body, body) << method;
  }
}

TEST(Client, SendsAPostWithoutBodyWithItsLength) {
  Imposter imposter;
  imposter.always("", "/", response(200, ""));
  const auto client = client_for(imposter.url());
  Context context = background();

  ASSERT_TRUE(client->send(context, request("POST", "/")).ok());

  const Request seen = imposter.requests().at(0);
  EXPECT_EQ(header(seen.headers, "Content-Length"), "0");
  EXPECT_FALSE(seen.headers.contains("Content-Type"));
}

TEST(Client, KeepsItsConnections) {
  Imposter imposter;
  imposter.always("", "/", response(200, ""));
  const auto client = client_for(imposter.url());
  Context context = background();

  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client->send(context, request("GET", "/")).ok());

  const auto requests = imposter.requests();
  for (const Request& seen : requests) EXPECT_EQ(seen.peer, requests[0].peer);
}

TEST(Client, KeepsToItsNumberOfConnections) {
  Imposter imposter;
  imposter.always("", "/", response(200, ""));
  const auto client = client_for(imposter.url(), {.connections_max = 2});
  std::atomic<int> answered = 0;
  std::vector<std::jthread> threads;

  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      Context context = background();
      for (int n = 0; n < 50; ++n) answered += client->send(context, request("GET", "/")).ok();
    });
  }
  threads.clear();

  EXPECT_EQ(answered, 400);
  std::vector<std::string> peers;
  for (const Request& seen : imposter.requests()) peers.push_back(seen.peer);
  std::sort(peers.begin(), peers.end());
  peers.erase(std::unique(peers.begin(), peers.end()), peers.end());
  EXPECT_LE(peers.size(), 2u);
}

TEST(Client, CannotReachAServerThatIsNotThere) {
  Imposter imposter;
  const auto client = client_for(imposter.url());
  imposter.stop();
  Context context = background();

  const auto answer = client->send(context, request("POST", "/pods?secret=x", "{}"));

  EXPECT_EQ(code_of(answer), ErrorCode::unavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("POST " + imposter.url() + "/pods: "));
  EXPECT_THAT(answer.error().message, Not(HasSubstr("secret")));
}

TEST(Client, DoesNotKnowWhatBecameOfAWriteWithoutAnswer) {
  Imposter imposter;
  const auto client = client_for(imposter.url());
  Context context = background();

  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    imposter.drop_once(method, "/");
    EXPECT_EQ(code_of(client->send(context, request(method, "/"))), ErrorCode::unknown_outcome);
  }
  EXPECT_THAT(imposter.unused(), IsEmpty());
}

TEST(Client, DoesNotRepeatAWriteOnItsOwn) {
  Imposter imposter;
  imposter.always("", "/", response(200, ""));
  const auto client = client_for(imposter.url());
  Context context = background();
  ASSERT_TRUE(client->send(context, request("GET", "/warm")).ok());
  imposter.drop_once("DELETE", "/pods");
  imposter.drop_once("POST", "/pods");

  EXPECT_EQ(code_of(client->send(context, request("DELETE", "/pods/1"))),
            ErrorCode::unknown_outcome);
  ASSERT_TRUE(client->send(context, request("GET", "/warm")).ok());
  EXPECT_EQ(code_of(client->send(context, request("POST", "/pods", "{}"))),
            ErrorCode::unknown_outcome);

  EXPECT_EQ(imposter.requests().size(), 4u);
}

TEST(Client, RepeatsAReadOnAKeptConnectionThatBroke) {
  Imposter imposter;
  imposter.always("", "/", response(200, ""));
  const auto client = client_for(imposter.url());
  Context context = background();
  ASSERT_TRUE(client->send(context, request("GET", "/")).ok());
  imposter.drop_once("GET", "/");

  EXPECT_TRUE(client->send(context, request("GET", "/")).ok());
}

TEST(Client, TakesABrokenReadForUnavailable) {
  Imposter imposter;
  imposter.drop_once("GET", "/");
  const auto client = client_for(imposter.url());
  Context context = background();

  EXPECT_EQ(code_of(client->send(context, request("GET", "/"))), ErrorCode::unavailable);
}

TEST(Client, NoticesAnAnswerThatIsCutShort) {
  RawListener listener;
  const auto client = client_for(listener.url());
  std::jthread server([&] {
    for (int i = 0; i < 2; ++i) {
      RawPeer peer = listener.accept();
      peer.read_until("\r\n\r\n");
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    }
  });
  Context context = background();

  EXPECT_EQ(code_of(client->send(context, request("GET", "/"))), ErrorCode::unavailable);
  EXPECT_EQ(code_of(client->send(context, request("PUT", "/"))), ErrorCode::unknown_outcome);
}

TEST(Client, EndsATransferAtItsDeadline) {
  Imposter imposter;
  imposter.hold("", "/");
  const auto client = client_for(imposter.url());
  Context context = background().within(milliseconds(50));

  EXPECT_EQ(code_of(client->send(context, request("GET", "/"))), ErrorCode::unavailable);
  Context another = background().within(milliseconds(50));
  EXPECT_EQ(code_of(client->send(another, request("POST", "/"))), ErrorCode::unknown_outcome);
}

TEST(Client, EndsATransferThatStandsStill) {
  RawListener listener;
  const auto client =
      client_for(listener.url(), {.stall_timeout = std::chrono::milliseconds(1000)});
  Context context = background().within(std::chrono::minutes(1));
  std::jthread server([&] {
    RawPeer peer = listener.accept();
    peer.read_until("\r\n\r\n");
    peer.read_to_end();
  });

  EXPECT_EQ(code_of(client->send(context, request("PUT", "/x", "body"))),
            ErrorCode::unknown_outcome);
  EXPECT_FALSE(context.expired());
}

TEST(Client, EndsATransferThatWaitsForAConnectionAtItsDeadline) {
  Imposter imposter;
  imposter.hold("", "/");
  const auto client = client_for(imposter.url(), {.connections_max = 1});
  std::jthread first([&] {
    Context context = background();
    static_cast<void>(client->send(context, request("GET", "/first")).ok());
  });
  ASSERT_TRUE(imposter.wait_for_requests(1));
  Context context = background().within(milliseconds(50));

  // Nothing of it was sent, so it is known not to have happened.
  EXPECT_EQ(code_of(client->send(context, request("POST", "/second"))), ErrorCode::unavailable);
  imposter.release();
}

TEST(Client, SendsNothingAfterTheDeadline) {
  Imposter imposter;
  const auto client = client_for(imposter.url());
  Context context = background().within(milliseconds(0));

  EXPECT_EQ(code_of(client->send(context, request("POST", "/"))), ErrorCode::unavailable);
  EXPECT_EQ(imposter.requests().size(), 0u);
}

TEST(Client, EndsATransferWhenStopped) {
  Imposter imposter;
  imposter.hold("", "/");
  const auto client = client_for(imposter.url());
  std::stop_source stop;
  std::jthread stopper([&] {
    imposter.wait_for_requests(1);
    stop.request_stop();
  });
  Context context = background().stopped_by(stop.get_token());

  EXPECT_EQ(code_of(client->send(context, request("POST", "/"))), ErrorCode::cancelled);
  EXPECT_EQ(code_of(client->send(context, request("GET", "/"))), ErrorCode::cancelled);
}

TEST(Client, GoesOnAfterATransferWasStopped) {
  Imposter imposter;
  imposter.always("", "/", response(200, "fine"));
  imposter.hold("GET", "/held");
  const auto client = client_for(imposter.url());
  std::stop_source stop;
  std::jthread stopper([&] {
    imposter.wait_for_requests(1);
    stop.request_stop();
  });
  Context stopped = background().stopped_by(stop.get_token());
  EXPECT_EQ(code_of(client->send(stopped, request("GET", "/held"))), ErrorCode::cancelled);
  Context context = background();

  const auto answer = client->send(context, request("GET", "/"));

  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->body, "fine");
}

TEST(Client, RefusesAnswersThatAreTooLarge) {
  Imposter imposter;
  imposter.always("", "/large", response(200, std::string(101, 'x')));
  imposter.always("", "/fits", response(200, std::string(100, 'x')));
  const auto client = client_for(imposter.url(), {.response_bytes_max = 100});
  Context context = background();

  EXPECT_EQ(code_of(client->send(context, request("GET", "/large"))), ErrorCode::exhausted);
  EXPECT_TRUE(client->send(context, request("GET", "/fits")).ok());
}

TEST(Client, SkipsInterimAnswers) {
  RawListener listener;
  const auto client = client_for(listener.url());
  std::jthread server([&] {
    RawPeer peer = listener.accept();
    peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 103 Early Hints\r\nX-A: 1\r\n\r\n");
    peer.send("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok");
  });
  Context context = background();

  const auto answer = client->send(context, request("POST", "/"));

  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 201);
  EXPECT_FALSE(answer->headers.contains("X-A"));
}

TEST(Client, DoesNotLookAtProxiesOfTheEnvironment) {
  Imposter imposter;
  imposter.always("", "/", response(200, ""));
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  const auto client = client_for(imposter.url());
  Context context = background();

  EXPECT_TRUE(client->send(context, request("GET", "/")).ok());
  ::unsetenv("http_proxy");
}

TEST(Client, GoesThroughAProxyIfToldTo) {
  Imposter proxy;
  proxy.always("", "/there", response(200, "by proxy"));
  const auto client = client_for("http://example.invalid", {.proxy_url = proxy.url()});
  Context context = background();

  const auto answer = client->send(context, request("GET", "/there"));

  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(header(proxy.requests().at(0).headers, "Host"), "example.invalid");
}

TEST(Client, IsRefusedWithoutAServersUrl) {
  const auto client = Client::create({.base_url = "not a url"});

  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace salvor::http
