#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <future>
#include <latch>
#include <optional>
#include <thread>

#include "http/testing/raw_socket.h"

namespace salvor::http {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::RawPeer;
using ::testing::StartsWith;

Response plain(int status, const std::string& body) {
  return {.status = status, .headers = {{"Content-Type", "text/plain"}}, .body = body};
}

std::unique_ptr<Server> serve(Handler handler, ServerOptions options = {}) {
  auto server = Server::start(std::move(options), std::move(handler), &plain, null_log());
  CHECK(server.ok());
  return std::move(server).value();
}

std::unique_ptr<Server> serve_echo(ServerOptions options = {}) {
  return serve(
      [](const Request& request) {
        return plain(200, request.method + " " + request.target + " " + request.body);
      },
      std::move(options));
}

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

// Holds handlers until it is opened.
struct Gate {
  std::promise<void> opened;
  std::shared_future<void> open{opened.get_future()};
  std::atomic<int> entered = 0;
  Handler handler() {
    return [this](const Request& request) {
      ++entered;
      entered.notify_all();
      open.wait();
      return plain(200, request.target);
    };
  }
  void wait_for(int count) {
    for (int seen = entered; seen < count; seen = entered) entered.wait(seen);
  }
};

TEST(Server, AnswersManyRequestsOnOneConnection) {
  const auto server = serve_echo();
  RawPeer peer = RawPeer::connect(server->port());

  for (int i = 0; i < 20; ++i) {
    const std::string target = "/a" + std::to_string(i);
    ASSERT_TRUE(peer.send(get(target)));
    EXPECT_THAT(peer.read_response(), EndsWith("GET " + target + " "));
  }
}

TEST(Server, TakesRawJsonAndLineBreaksInTargets) {
  const auto server = serve_echo();
  RawPeer peer = RawPeer::connect(server->port());
  const std::string target = "/api/v1/jobs?where={\n    \"name\": \"a b\"\n}&sort=-x";

  peer.send(get(target));

  EXPECT_THAT(peer.read_response(), EndsWith("GET " + target + " "));
}

TEST(Server, AnswersPipelinedRequestsInTheirOrder) {
  const auto server = serve_echo();
  RawPeer peer = RawPeer::connect(server->port());

  peer.send(get("/1") + "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi" + get("/3"));

  EXPECT_THAT(peer.read_response(), EndsWith("GET /1 "));
  EXPECT_THAT(peer.read_response(), EndsWith("POST /2 hi"));
  EXPECT_THAT(peer.read_response(), EndsWith("GET /3 "));
}

TEST(Server, SendsLargeAnswersWhole) {
  const std::string body(3 << 20, 'b');
  const auto server = serve([&](const Request&) { return plain(200, body); });
  RawPeer peer = RawPeer::connect(server->port());

  peer.send(get("/"));
  const std::string response = peer.read_response();

  EXPECT_THAT(response.substr(0, 300), HasSubstr("Content-Length: 3145728\r\n"));
  EXPECT_TRUE(response.ends_with(body));
}

TEST(Server, RefusesABadRequestAndCloses) {
  const auto server = serve_echo();
  RawPeer peer = RawPeer::connect(server->port());

  peer.send("nonsense\r\n\r\n" + get("/smuggled"));
  const std::string response = peer.read_to_end();

  EXPECT_THAT(response, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_EQ(response.find("smuggled"), std::string::npos);
}

TEST(Server, AnswersAnOversizeUploadThoughItsSenderGoesOn) {
  ServerOptions options;
  options.body_bytes_max = 1000;
  const auto server = serve_echo(std::move(options));
  RawPeer peer = RawPeer::connect(server->port());
  const std::string upload(1 << 20, 'u');

  peer.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n");
  peer.send(upload);

  EXPECT_THAT(peer.read_to_end(), StartsWith("HTTP/1.1 413 "));
}

TEST(Server, AnswersOversizeHeadersWith431) {
  ServerOptions options;
  options.header_bytes_max = 2000;
  const auto server = serve_echo(std::move(options));
  RawPeer peer = RawPeer::connect(server->port());

  peer.send("GET /" + std::string(5000, 'a'));

  EXPECT_THAT(peer.read_to_end(), StartsWith("HTTP/1.1 431 "));
}

TEST(Server, AnswersASlowHeaderWith408) {
  ServerOptions options;
  options.header_timeout = std::chrono::seconds(1);
  const auto server = serve_echo(std::move(options));
  RawPeer peer = RawPeer::connect(server->port());

  peer.send("GET / HTTP/1.1\r\nHost:");

  EXPECT_THAT(peer.read_to_end(), StartsWith("HTTP/1.1 408 "));
}

TEST(Server, AnswersRequestsBeyondTheQueueWith503) {
  Gate gate;
  ServerOptions options;
  options.handler_threads = 1;
  options.queue_max = 1;
  const auto server = serve(gate.handler(), std::move(options));
  RawPeer running = RawPeer::connect(server->port());
  running.send(get("/running"));
  gate.wait_for(1);

  // One of these two waits for the thread, the other finds no room; its refusal lets the first go.
  std::array<std::string, 2> answers;
  const auto ask = [&](std::string& answer) {
    RawPeer peer = RawPeer::connect(server->port());
    peer.send(get("/waiting"));
    answer = peer.read_response();
    if (answer.starts_with("HTTP/1.1 503 ")) gate.opened.set_value();
  };
  {
    const std::jthread one([&] { ask(answers[0]); });
    const std::jthread two([&] { ask(answers[1]); });
  }

  EXPECT_THAT(answers[0] + answers[1], HasSubstr("HTTP/1.1 503 "));
  EXPECT_THAT(answers[0] + answers[1], HasSubstr("HTTP/1.1 200 "));
  EXPECT_THAT(running.read_response(), EndsWith("/running"));
}

TEST(Server, AnswersQuickRequestsBesideSlowOnes) {
  Gate gate;
  ServerOptions options;
  options.quick_handlers_max = 1;
  const auto server = serve(
      [held = gate.handler()](const Request& request) {
        return request.target == "/quick" ? plain(200, "quick") : held(request);
      },
      std::move(options));
  std::array<std::optional<RawPeer>, 3> slow;
  for (auto& peer : slow) {
    peer.emplace(RawPeer::connect(server->port()));
    peer->send(get("/slow"));
  }
  RawPeer quick = RawPeer::connect(server->port());

  quick.send(get("/quick"));

  EXPECT_THAT(quick.read_response(), EndsWith("quick"));
  gate.opened.set_value();
  for (auto& peer : slow) EXPECT_THAT(peer->read_response(), EndsWith("/slow"));
}

TEST(Server, TurnsConnectionsBeyondTheLimitAway) {
  ServerOptions options;
  options.connections_max = 1;
  const auto server = serve_echo(std::move(options));
  RawPeer first = RawPeer::connect(server->port());
  first.send(get("/"));
  first.read_response();

  RawPeer second = RawPeer::connect(server->port());

  EXPECT_THAT(second.read_to_end(), StartsWith("HTTP/1.1 503 "));
}

TEST(Server, FreesTheRoomOfClosedConnections) {
  ServerOptions options;
  options.connections_max = 1;
  const auto server = serve_echo(std::move(options));
  for (int i = 0; i < 10; ++i) {
    RawPeer peer = RawPeer::connect(server->port());
    peer.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    // The end of the stream comes before the server has seen ours, so a 503 may come between.
    const std::string response = peer.read_to_end();
    EXPECT_THAT(response, StartsWith("HTTP/1.1 ")) << i;
  }
}

TEST(Server, LetsRunningRequestsEndWhenStopped) {
  Gate gate;
  const auto server = serve(gate.handler());
  const std::uint16_t port = server->port();
  RawPeer idle = RawPeer::connect(port);
  RawPeer busy = RawPeer::connect(port);
  busy.send(get("/busy"));
  gate.wait_for(1);

  std::jthread stopping([&] { server->stop(); });
  EXPECT_EQ(idle.read_to_end(), "");
  gate.opened.set_value();
  const std::string answer = busy.read_to_end();
  busy.close();
  stopping.join();

  EXPECT_THAT(answer, EndsWith("/busy"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
}

TEST(Server, StopsInTimeThoughAHandlerHangs) {
  Gate gate;
  ServerOptions options;
  options.drain_timeout = std::chrono::seconds(1);
  const auto server = serve(gate.handler(), std::move(options));
  RawPeer peer = RawPeer::connect(server->port());
  peer.send(get("/"));
  gate.wait_for(1);

  server->stop();
  server->stop();

  EXPECT_EQ(peer.read_to_end(), "");
  gate.opened.set_value();
}

TEST(Server, HandlesRequestsSideBySide) {
  std::latch both(2);
  const auto server = serve([&](const Request& request) {
    both.arrive_and_wait();
    return plain(200, request.target);
  });
  RawPeer one = RawPeer::connect(server->port());
  RawPeer two = RawPeer::connect(server->port());

  one.send(get("/one"));
  two.send(get("/two"));

  EXPECT_THAT(one.read_response(), EndsWith("/one"));
  EXPECT_THAT(two.read_response(), EndsWith("/two"));
}

TEST(Server, SaysWhyItCannotListen) {
  const auto first = serve_echo();
  const auto start = [](const std::string& address, std::uint16_t port) {
    ServerOptions options;
    options.address = address;
    options.port = port;
    auto server = Server::start(std::move(options), {}, {}, null_log());
    return server.ok() ? Error{} : server.error();
  };

  EXPECT_EQ(start("127.0.0.1", first->port()).code, ErrorCode::unavailable);
  EXPECT_EQ(start("no address", 0).code, ErrorCode::invalid);
  EXPECT_EQ(start("192.0.2.1", 0).code, ErrorCode::invalid);
  EXPECT_THAT(start("no address", 0).message, HasSubstr("\"no address\" is not an IP address"));
}

}  // namespace
}  // namespace salvor::http
