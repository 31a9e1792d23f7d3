// One io thread accepts, reads, writes and keeps the time; a pool handles. The rules of a
// connection are in internal/connection.cc, its sockets in internal/socket_channel.cc; here they
// are put together. All members without a lock or an atomic belong to the io thread.
#include "http/server.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/pool.h"
#include "http/internal/asio.h"
#include "http/internal/connection.h"
#include "http/internal/handler_queue.h"
#include "http/internal/response_text.h"
#include "http/internal/socket_channel.h"

namespace salvor::http {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using Failure = boost::system::error_code;
using internal::Connection;

// How often deadlines are looked at, and how long accepting rests when the process has no more
// file descriptors.
constexpr std::chrono::milliseconds kSweepPeriod{200};

std::string text_of(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  const std::string host = endpoint.address().is_v6() ? "[" + address + "]" : address;
  return host + ":" + std::to_string(endpoint.port());
}

Result<ssl::context> tls_context(const TlsFiles& files) {
  ssl::context context(ssl::context::tls_server);
  context.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                      ssl::context::no_sslv3 | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 |
                      SSL_OP_NO_RENEGOTIATION);
  // Idle connections then hold no buffers.
  SSL_CTX_set_mode(context.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  Failure failure;
  if (context.use_certificate_chain_file(files.certificate_file, failure)) {
    return error(ErrorCode::invalid,
                 "cannot use the certificate " + files.certificate_file + ": " + failure.message());
  }
  if (context.use_private_key_file(files.key_file, ssl::context::pem, failure)) {
    return error(ErrorCode::invalid,
                 "cannot use the key " + files.key_file + ": " + failure.message())
        .with_hint("it must be PEM without a passphrase and belong to the certificate");
  }
  return context;
}

ErrorCode code_of_bind(const Failure& failure) {
  if (failure == asio::error::address_in_use) return ErrorCode::unavailable;
  if (failure == asio::error::access_denied) return ErrorCode::denied;
  return ErrorCode::invalid;
}

Result<void> listen(tcp::acceptor& acceptor, const ServerOptions& options) {
  const std::string name = options.address + " port " + std::to_string(options.port);
  Failure failure;
  const asio::ip::address address = asio::ip::make_address(options.address, failure);
  if (failure) {
    return error(ErrorCode::invalid, "\"" + options.address + "\" is not an IP address");
  }
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), failure);
  if (!failure) acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
  if (!failure) acceptor.bind(endpoint, failure);
  if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
  if (!failure) return {};
  return error(code_of_bind(failure), "cannot listen on " + name + ": " + failure.message());
}

internal::HandlerLimits limits_of(const ServerOptions& options) {
  internal::HandlerLimits limits;
  limits.running_max = std::max(1u, options.handler_threads);
  limits.quick_max = options.quick_handlers_max > 0
                         ? options.quick_handlers_max
                         : std::max(2u, std::jthread::hardware_concurrency());
  limits.waiting_max = options.queue_max;
  return limits;
}

class EdgeServer final : public Server, public internal::Host {
 public:
  EdgeServer(ServerOptions options, Handler handler, RefusalBody refusal, Log& log);
  ~EdgeServer() override;

  Result<void> open();
  std::uint16_t port() const override { return port_; }
  void stop() override;

 private:
  bool handle(const Request& request, Answer answer) override;
  Response refuse(int status, const std::string& message) override;
  const ServerOptions& options() const override { return options_; }
  Clock& clock() const override { return system_clock(); }
  bool is_draining() const override { return is_draining_; }
  void closed(Connection& connection) override;

  void advance_when_due();
  void accept();
  void admit(tcp::socket socket);
  void turn_away(tcp::socket socket);
  void sweep();
  void drain();
  void note_if_drained();
  // Connections are shared with the operations that they have under way.
  std::vector<std::shared_ptr<Connection>> snapshot() const;

  const ServerOptions options_;
  const Handler handler_;
  const RefusalBody refusal_;
  Log& log_;
  std::uint16_t port_ = 0;
  std::optional<ssl::context> tls_;

  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer sweep_timer_{io_};
  asio::steady_timer accept_timer_{io_};
  // Shared with the operations under way, see Connection.
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  bool is_draining_ = false;

  std::mutex mutex_;  // held by stop() from begin to end
  bool is_stopped_ = false;
  std::mutex drained_mutex_;
  std::condition_variable drained_;
  bool is_drained_ = false;

  internal::HandlerQueue queue_;
  asio::steady_timer queue_timer_{io_};
  std::atomic<bool> is_abandoned_ = false;  // nobody reads the answers any more
  std::optional<Pool> pool_;
  std::jthread io_thread_;  // runs io_, the event loop that all sockets share
};

EdgeServer::EdgeServer(ServerOptions options, Handler handler, RefusalBody refusal, Log& log)
    : options_(std::move(options)),
      handler_(std::move(handler)),
      refusal_(std::move(refusal)),
      log_(log),
      queue_(limits_of(options_)) {}

EdgeServer::~EdgeServer() {
  if (io_thread_.joinable()) stop();
  pool_.reset();
}

Result<void> EdgeServer::open() {
  if (options_.tls) {
    TRY(tls_, tls_context(*options_.tls));
  }
  TRY_VOID(listen(acceptor_, options_));
  Failure failure;
  port_ = acceptor_.local_endpoint(failure).port();
  pool_.emplace(std::max(1u, options_.handler_threads));
  accept();
  sweep();
  io_thread_ = std::jthread([this] { io_.run(); });
  return {};
}

void EdgeServer::stop() {
  const std::lock_guard stopping(mutex_);
  if (std::exchange(is_stopped_, true)) return;
  asio::post(io_, [this] { drain(); });
  {
    std::unique_lock lock(drained_mutex_);
    drained_.wait_for(lock, options_.drain_timeout, [this] { return is_drained_; });
  }
  is_abandoned_ = true;
  asio::post(io_, [this] {
    for (const auto& connection : snapshot()) connection->close();
    io_.stop();
  });
  io_thread_.join();
}

void EdgeServer::drain() {
  is_draining_ = true;
  Failure ignored;
  acceptor_.close(ignored);
  accept_timer_.cancel();
  for (const auto& connection : snapshot()) connection->drain();
  note_if_drained();
}

void EdgeServer::note_if_drained() {
  if (!is_draining_ || !connections_.empty()) return;
  const std::lock_guard lock(drained_mutex_);
  is_drained_ = true;
  drained_.notify_all();
}

bool EdgeServer::handle(const Request& request, Answer answer) {
  const auto begin = [this, &request, answer = std::move(answer)](auto number) {
    pool_->submit([this, &request, answer, number] {
      if (is_abandoned_) return;
      asio::post(io_, [this, answer, number, response = handler_(request)]() mutable {
        answer(std::move(response));
        queue_.ended(clock().steady(), number);
        advance_when_due();
      });
    });
  };
  const bool has_room = queue_.add(clock().steady(), begin);
  advance_when_due();
  return has_room;
}

// Handlers that become slow make room for others; only time tells.
void EdgeServer::advance_when_due() {
  const std::optional<SteadyTime> due = queue_.next_change();
  if (!due || queue_timer_.expiry() == *due) return;
  queue_timer_.expires_at(*due);
  queue_timer_.async_wait([this](const Failure& cancelled) {
    if (cancelled) return;
    queue_.advance(clock().steady());
    advance_when_due();
  });
}

Response EdgeServer::refuse(int status, const std::string& message) {
  Response response = refusal_(status, message);
  response.status = status;
  return response;
}

void EdgeServer::closed(Connection& connection) {
  connections_.erase(connection.shared_from_this());
  note_if_drained();
}

void EdgeServer::accept() {
  acceptor_.async_accept([this](const Failure& failure, tcp::socket socket) {
    if (!acceptor_.is_open()) return;
    if (!failure) {
      admit(std::move(socket));
      return accept();
    }
    log_.warning("cannot accept a connection", {{"error", failure.message()}});
    accept_timer_.expires_after(kSweepPeriod);
    accept_timer_.async_wait([this](const Failure& cancelled) {
      if (!cancelled) accept();
    });
  });
}

void EdgeServer::admit(tcp::socket socket) {
  if (connections_.size() >= options_.connections_max) return turn_away(std::move(socket));
  Failure failure;
  socket.set_option(tcp::no_delay(true), failure);
  const tcp::endpoint peer = socket.remote_endpoint(failure);
  if (failure) return;  // gone already
  auto channel = tls_ ? internal::tls_channel(std::move(socket), *tls_)
                      : internal::plain_channel(std::move(socket));
  const auto connection = std::make_shared<Connection>(*this, std::move(channel), text_of(peer));
  connections_.insert(connection);
  connection->start();
}

// The buffer of a new socket has room for this, so it needs no waiting and no Connection. Without
// the keys of TLS there is nothing a client would understand.
void EdgeServer::turn_away(tcp::socket socket) {
  Failure ignored;
  if (!tls_) {
    const Response response = refuse(503, "too many connections, try again later");
    const std::string text =
        internal::response_head(response, internal::Afterwards::close, clock().wall_seconds()) +
        response.body;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(text), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }
  socket.close(ignored);
}

void EdgeServer::sweep() {
  const SteadyTime now = clock().steady();
  for (const auto& connection : snapshot()) connection->check_deadline(now);
  sweep_timer_.expires_after(kSweepPeriod);
  sweep_timer_.async_wait([this](const Failure& cancelled) {
    if (!cancelled) sweep();
  });
}

// Shared copies: connections leave the set while one goes through them.
std::vector<std::shared_ptr<Connection>> EdgeServer::snapshot() const {
  return {connections_.begin(), connections_.end()};
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler handler,
                                              RefusalBody refusal, Log& log) {
  auto server =
      std::make_unique<EdgeServer>(std::move(options), std::move(handler), std::move(refusal), log);
  TRY_VOID(server->open());
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace salvor::http
