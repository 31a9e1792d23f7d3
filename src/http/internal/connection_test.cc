#include "http/internal/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

namespace salvor::http::internal {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

// A clock that only the test moves.
class SteppedClock final : public Clock {
 public:
  EpochSeconds wall_seconds() const override { return 1602277544; }
  SteadyTime steady() const override { return now; }
  bool wait_until(SteadyTime, const std::stop_token&) override { return true; }
  SteadyTime now{};
};

// A channel whose other side is the test. An operation ends when the test says so.
struct ScriptedWire {
  std::string written;
  std::string finishing;
  std::span<char> into;
  Channel::DoneReading reading;
  Channel::Done running;
  bool is_closed = false;

  void complete(bool ok) { std::exchange(running, nullptr)(ok); }
  void deliver(std::string_view bytes) {
    ASSERT_TRUE(reading) << "nobody reads";
    ASSERT_LE(bytes.size(), into.size());
    std::copy(bytes.begin(), bytes.end(), into.begin());
    std::exchange(reading, nullptr)(true, bytes.size());
  }
  void hang_up() { std::exchange(reading, nullptr)(false, 0); }
};

class ScriptedChannel final : public Channel {
 public:
  explicit ScriptedChannel(ScriptedWire& wire) : wire_(wire) {}

  void open(Done done) override { wire_.running = std::move(done); }
  void read(std::span<char> into, DoneReading done) override {
    EXPECT_FALSE(wire_.reading || wire_.running) << "two operations at a time";
    wire_.into = into;
    wire_.reading = std::move(done);
  }
  void write(std::string_view head, std::string_view body, Done done) override {
    EXPECT_FALSE(wire_.reading || wire_.running) << "two operations at a time";
    wire_.written.append(head).append(body);
    wire_.running = std::move(done);
  }
  void finish(std::span<char>, Done done) override { wire_.running = std::move(done); }
  void cancel() override {
    if (wire_.reading) wire_.hang_up();
  }
  void close() override { wire_.is_closed = true; }

 private:
  ScriptedWire& wire_;
};

class ConnectionTest : public ::testing::Test, public Host {
 protected:
  ConnectionTest() {
    options_.header_bytes_max = 500;
    options_.body_bytes_max = 50;
    connection_ =
        std::make_shared<Connection>(*this, std::make_unique<ScriptedChannel>(wire_), "p");
    connection_->start();
  }
  ~ConnectionTest() override {
    // As a socket does when it is closed.
    if (wire_.running) wire_.complete(false);
    if (wire_.reading) wire_.hang_up();
  }

  bool handle(const Request& request, Answer answer) override {
    handled_.push_back(request.method + " " + request.target + " " + request.body);
    answer_ = std::move(answer);
    return !is_busy_;
  }
  Response refuse(int status, const std::string& message) override {
    return {.status = status, .headers = {}, .body = message};
  }
  const ServerOptions& options() const override { return options_; }
  Clock& clock() const override { return clock_; }
  bool is_draining() const override { return is_draining_; }
  void closed(Connection&) override { ++closed_count_; }

  void answer(Response response) { std::exchange(answer_, nullptr)(std::move(response)); }
  void answer(const std::string& body) { answer({.status = 200, .headers = {}, .body = body}); }
  void pass(std::chrono::seconds time) {
    clock_.now += time;
    connection_->check_deadline(clock_.now);
  }
  void serve_one() {
    wire_.deliver(kGet);
    answer("ok");
    wire_.complete(true);
    wire_.written.clear();
  }

  ServerOptions options_;
  mutable SteppedClock clock_;
  ScriptedWire wire_;
  std::shared_ptr<Connection> connection_;  // shared with its own callbacks, as at the edge
  std::vector<std::string> handled_;
  Answer answer_;
  bool is_busy_ = false;
  bool is_draining_ = false;
  int closed_count_ = 0;
};

class OpenConnection : public ConnectionTest {
 protected:
  OpenConnection() { wire_.complete(true); }
};

TEST_F(ConnectionTest, ClosesWhenTlsFails) {
  wire_.complete(false);

  EXPECT_TRUE(wire_.is_closed);
  EXPECT_EQ(closed_count_, 1);
}

TEST_F(ConnectionTest, ClosesWhenTlsTakesTooLong) {
  pass(options_.header_timeout);

  EXPECT_TRUE(wire_.is_closed);
}

TEST_F(OpenConnection, AnswersAndReadsTheNextRequest) {
  wire_.deliver(kGet);
  answer("hello");

  EXPECT_EQ(handled_, std::vector<std::string>{"GET /a "});
  EXPECT_THAT(wire_.written, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(wire_.written, EndsWith("\r\n\r\nhello"));
  wire_.complete(true);
  EXPECT_TRUE(wire_.reading);
}

TEST_F(OpenConnection, ServesPipelinedRequestsOneAfterTheOther) {
  wire_.deliver(std::string(kGet) + "PUT /b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(handled_.size(), 1u);
  answer("first");
  wire_.complete(true);

  EXPECT_EQ(handled_.back(), "PUT /b ");
  answer("second");
  EXPECT_THAT(wire_.written, HasSubstr("firstHTTP/1.1 200 OK"));
  EXPECT_THAT(wire_.written, EndsWith("second"));
}

TEST_F(OpenConnection, AnswersHeadWithALengthButNoBody) {
  wire_.deliver("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  answer("hello");

  EXPECT_THAT(wire_.written, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(wire_.written, EndsWith("\r\n\r\n"));
}

TEST_F(OpenConnection, SendsLargeBodiesWhole) {
  const std::string body(100000, 'b');
  wire_.deliver(kGet);
  answer(body);

  EXPECT_THAT(wire_.written, EndsWith("\r\n\r\n" + body));
}

TEST_F(OpenConnection, TellsAClientThatWaitsToSendItsBody) {
  wire_.deliver("PUT / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(wire_.written, "HTTP/1.1 100 Continue\r\n\r\n");
  wire_.complete(true);
  wire_.deliver("hi");

  EXPECT_EQ(handled_, std::vector<std::string>{"PUT / hi"});
}

TEST_F(OpenConnection, RefusesBodiesThatAreTooLargeAndFinishes) {
  wire_.deliver("PUT / HTTP/1.1\r\nContent-Length: 51\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(wire_.written, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(wire_.written, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(handled_.empty());
  wire_.complete(true);
  EXPECT_FALSE(wire_.is_closed);
  wire_.complete(true);

  EXPECT_TRUE(wire_.is_closed);
  EXPECT_EQ(closed_count_, 1);
}

TEST_F(OpenConnection, AnswersABusyServerWith503) {
  is_busy_ = true;
  wire_.deliver(kGet);

  EXPECT_THAT(wire_.written, StartsWith("HTTP/1.1 503 "));
}

TEST_F(OpenConnection, ClosesWithoutAnswerOnStatusZero) {
  wire_.deliver(kGet);
  answer({.status = 0, .headers = {}, .body = ""});

  EXPECT_TRUE(wire_.is_closed);
  EXPECT_EQ(wire_.written, "");
}

TEST_F(OpenConnection, ClosesAfterTheLastRequestOfAClient) {
  wire_.deliver("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  answer("bye");
  EXPECT_THAT(wire_.written, HasSubstr("Connection: close\r\n"));
  wire_.complete(true);
  wire_.complete(true);

  EXPECT_TRUE(wire_.is_closed);
}

TEST_F(OpenConnection, ClosesWhenTheClientDoes) {
  serve_one();
  wire_.hang_up();

  EXPECT_TRUE(wire_.is_closed);
}

TEST_F(OpenConnection, ClosesAnIdleClientSilently) {
  serve_one();
  pass(options_.idle_timeout - std::chrono::seconds(1));
  EXPECT_FALSE(wire_.is_closed);
  pass(std::chrono::seconds(1));

  EXPECT_TRUE(wire_.is_closed);
  EXPECT_EQ(wire_.written, "");
}

TEST_F(OpenConnection, AnswersSlowHeadersWith408HoweverTheyDrip) {
  wire_.deliver("GET / HT");
  pass(options_.header_timeout - std::chrono::seconds(1));
  wire_.deliver("TP/1.1\r\n");
  EXPECT_EQ(wire_.written, "");
  pass(std::chrono::seconds(1));

  EXPECT_THAT(wire_.written, StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(wire_.written, HasSubstr("Connection: close\r\n"));
}

TEST_F(OpenConnection, GivesTheBodyItsOwnTime) {
  wire_.deliver("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n");
  pass(options_.body_timeout - std::chrono::seconds(1));
  EXPECT_EQ(wire_.written, "");
  pass(std::chrono::seconds(1));

  EXPECT_THAT(wire_.written, StartsWith("HTTP/1.1 408 "));
}

TEST_F(OpenConnection, GivesHandlersAllTheTimeTheyNeed) {
  wire_.deliver(kGet);
  pass(std::chrono::hours(5));
  answer("at last");

  EXPECT_THAT(wire_.written, EndsWith("at last"));
}

TEST_F(OpenConnection, ClosesOnAClientThatDoesNotReadTheAnswer) {
  wire_.deliver(kGet);
  answer("ok");
  pass(options_.write_timeout);

  EXPECT_TRUE(wire_.is_closed);
}

TEST_F(OpenConnection, ClosesOnAClientThatDoesNotCloseItsSide) {
  wire_.deliver("nonsense\r\n\r\n");
  wire_.complete(true);
  EXPECT_FALSE(wire_.is_closed);
  pass(std::chrono::seconds(5));

  EXPECT_TRUE(wire_.is_closed);
}

TEST_F(OpenConnection, ClosesAtOnceWhenDrainedBetweenRequests) {
  serve_one();
  connection_->drain();

  EXPECT_TRUE(wire_.is_closed);
}

TEST_F(OpenConnection, AnswersARunningRequestBeforeItIsDrained) {
  wire_.deliver(kGet);
  is_draining_ = true;
  connection_->drain();
  EXPECT_FALSE(wire_.is_closed);
  answer("ok");

  EXPECT_THAT(wire_.written, HasSubstr("Connection: close\r\n"));
}

TEST_F(OpenConnection, IgnoresAnAnswerThatComesAfterItsEnd) {
  wire_.deliver(kGet);
  connection_->close();
  answer("too late");

  EXPECT_EQ(wire_.written, "");
  EXPECT_EQ(closed_count_, 1);
}

}  // namespace
}  // namespace salvor::http::internal
