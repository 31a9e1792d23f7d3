// The HTTP/1.1 edge: accepts and parses asynchronously, so that slow and idle clients hold no
// thread, and hands whole requests to a bounded pool of handler threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/log.h"
#include "base/result.h"
#include "http/message.h"

namespace salvor::http {

// Called by a pool thread, several at once. Must not throw; what it returns is sent as it is
// (Content-Length, Connection and Date are added here). Status 0 closes the connection without an
// answer.
using Handler = std::function<Response(const Request&)>;
// Makes the body of a refusal that the edge itself answers (400, 408, 413, 417, 431, 501, 503).
using RefusalBody = std::function<Response(int status, const std::string& message)>;

struct TlsFiles {
  std::string certificate_file;  // PEM, the chain, leaf first
  std::string key_file;          // PEM
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;         // 0: the kernel chooses
  std::unique_ptr<TlsFiles> tls;  // none: plain HTTP
  unsigned handler_threads = 16;
  unsigned quick_handlers_max = 0;  // that compute at once, see handler_queue.h; 0: one a processor
  std::size_t queue_max = 1024;     // requests that wait for a thread; more are 503
  std::size_t connections_max = 4096;       // more are accepted and closed at once with 503
  std::size_t header_bytes_max = 64 << 10;  // request line and headers: 431
  std::size_t body_bytes_max = 16 << 20;    // 413, without reading the rest
  std::chrono::seconds header_timeout{15};  // first byte to end of headers: 408
  std::chrono::seconds body_timeout{60};
  std::chrono::seconds idle_timeout{75};  // keep-alive without a request
  std::chrono::seconds write_timeout{60};
  std::chrono::seconds drain_timeout{20};  // for stop()
};

class Server {
 public:
  // Binds and starts to serve. Fails with unavailable (address in use), denied (privileged port) or
  // invalid (no such address, unreadable certificate).
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Handler handler,
                                               RefusalBody refusal, Log& log);
  virtual ~Server() = default;

  virtual std::uint16_t port() const = 0;
  // Stops to accept, lets running requests end (answered with Connection: close), then closes all.
  // Returns when done, at the latest after drain_timeout. Idempotent. Not from within a handler.
  // Destroying the server does the same, but then waits for handlers that are still running.
  virtual void stop() = 0;
};

}  // namespace salvor::http
