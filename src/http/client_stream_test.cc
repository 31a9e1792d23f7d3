// Answers that come piece by piece: what Client::stream() does that send() does not.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "http/client.h"
#include "http/testing/imposter.h"
#include "http/testing/raw_socket.h"

namespace salvor::http {
namespace {

using testing::Imposter;
using testing::RawListener;
using testing::RawPeer;

constexpr std::string_view kFirstPiece =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none,\r\n";

const Request kWatch{.method = "GET", .target = "/watch"};

std::unique_ptr<Client> client_for(const std::string& url) {
  auto client = Client::create({.base_url = url});
  CHECK(client.ok());
  return std::move(client).value();
}

TEST(ClientStream, StreamsASuccessIntoTheSink) {
  RawListener listener;
  const auto client = client_for(listener.url());
  std::atomic<std::size_t> seen = 0;
  std::jthread server([&] {
    RawPeer peer = listener.accept();
    peer.read_until("\r\n\r\n");
    peer.send(kFirstPiece);
    // The second piece goes out only when the first has reached the sink.
    for (std::size_t had = seen; had < 4; had = seen) seen.wait(had);
    peer.send("3\r\ntwo\r\n0\r\n\r\n");
  });
  Context context = background();
  std::string streamed;

  const auto answer = client->stream(context, kWatch, [&](std::string_view bytes) {
    streamed += bytes;
    seen = streamed.size();
    seen.notify_all();
    return true;
  });

  ASSERT_TRUE(answer.ok()) << answer.error().describe();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "");
  EXPECT_EQ(streamed, "one,two");
}

TEST(ClientStream, ReturnsTheBodyOfARefusedStream) {
  Imposter imposter;
  imposter.always("", "/", {.status = 410, .body = "too old"});
  const auto client = client_for(imposter.url());
  Context context = background();

  const auto answer = client->stream(context, kWatch, [](std::string_view) {
    ADD_FAILURE() << "the sink is for successes";
    return true;
  });

  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 410);
  EXPECT_EQ(answer->body, "too old");
}

TEST(ClientStream, EndsAStreamWhenTheSinkHasEnough) {
  Imposter imposter;
  imposter.always("", "/", {.status = 200, .body = "event"});
  const auto client = client_for(imposter.url());
  Context context = background();

  const auto answer = client->stream(context, kWatch, [](std::string_view) { return false; });

  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 200);
}

TEST(ClientStream, EndsAStreamThatIsStoppedOrCut) {
  RawListener listener;
  const auto client = client_for(listener.url());
  std::stop_source stop;
  std::jthread server([&] {
    for (const bool is_cut : {true, false}) {
      RawPeer peer = listener.accept();
      peer.read_until("\r\n\r\n");
      peer.send(kFirstPiece);
      if (!is_cut) stop.request_stop();
      if (!is_cut) peer.read_to_end();
    }
  });
  Context context = background().stopped_by(stop.get_token());
  const BodySink sink = [](std::string_view) { return true; };

  const auto cut = client->stream(context, kWatch, sink);
  const auto stopped = client->stream(context, kWatch, sink);

  ASSERT_FALSE(cut.ok() || stopped.ok());
  EXPECT_EQ(cut.error().code, ErrorCode::unavailable);
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace salvor::http
