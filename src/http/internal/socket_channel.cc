#include "http/internal/socket_channel.h"

#include <array>
#include <utility>

namespace salvor::http::internal {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Failure = boost::system::error_code;

// A callback keeps its connection alive and that keeps the channel, so `this` is safe in what runs
// together with one.
template <typename Stream>
class SocketChannel : public Channel {
 public:
  template <typename... Arguments>
  explicit SocketChannel(tcp::socket socket, Arguments&... arguments)
      : stream_(std::move(socket), arguments...) {}

  void read(std::span<char> into, DoneReading done) override {
    stream_.async_read_some(asio::buffer(into.data(), into.size()),
                            [done = std::move(done)](const Failure& failure, std::size_t count) {
                              done(!failure, count);
                            });
  }

  void write(std::string_view head, std::string_view body, Done done) override {
    const std::array<asio::const_buffer, 2> both{asio::buffer(head), asio::buffer(body)};
    asio::async_write(stream_, both, [done = std::move(done)](const Failure& failure, std::size_t) {
      done(!failure);
    });
  }

  void cancel() override {
    Failure ignored;
    socket().cancel(ignored);
  }

  void close() override {
    Failure ignored;
    socket().close(ignored);
  }

 protected:
  tcp::socket& socket() { return static_cast<tcp::socket&>(stream_.lowest_layer()); }

  void finish_socket(std::span<char> scrap, Done done) {
    Failure ignored;
    socket().shutdown(tcp::socket::shutdown_send, ignored);
    drop(scrap, std::move(done));
  }

  Stream stream_;

 private:
  void drop(std::span<char> scrap, Done done) {
    socket().async_read_some(
        asio::buffer(scrap.data(), scrap.size()),
        [this, scrap, done = std::move(done)](const Failure& failure, std::size_t) {
          if (failure) return done(true);
          drop(scrap, done);
        });
  }
};

class PlainChannel final : public SocketChannel<tcp::socket> {
 public:
  using SocketChannel::SocketChannel;

  void open(Done done) override {
    asio::post(stream_.get_executor(), [done = std::move(done)] { done(true); });
  }
  void finish(std::span<char> scrap, Done done) override { finish_socket(scrap, std::move(done)); }
};

class TlsChannel final : public SocketChannel<asio::ssl::stream<tcp::socket>> {
 public:
  using SocketChannel::SocketChannel;

  void open(Done done) override {
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [done = std::move(done)](const Failure& failure) { done(!failure); });
  }
  // Whether the other side says goodbye too, or goes on to send, does not matter any more.
  void finish(std::span<char> scrap, Done done) override {
    stream_.async_shutdown(
        [this, scrap, done = std::move(done)](const Failure&) { finish_socket(scrap, done); });
  }
};

}  // namespace

std::unique_ptr<Channel> plain_channel(tcp::socket socket) {
  return std::make_unique<PlainChannel>(std::move(socket));
}

std::unique_ptr<Channel> tls_channel(tcp::socket socket, asio::ssl::context& context) {
  return std::make_unique<TlsChannel>(std::move(socket), context);
}

}  // namespace salvor::http::internal
