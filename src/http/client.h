// An HTTP client for few servers and many requests: HTTP/2 over few connections where the server
// has it, HTTP/1.1 else. Blocking calls from any number of threads; one thread of its own moves
// the bytes (libcurl's multi interface).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/context.h"
#include "base/result.h"
#include "http/message.h"

namespace salvor::http {

struct ClientTls {
  std::string ca_pem{};           // empty: the system's certificate authorities
  std::string certificate_pem{};  // client certificate, empty: none
  std::string key_pem{};
  std::string server_name{};  // SNI and name check instead of the URL's host; empty: the host
  bool insecure_skip_verify = false;
};

struct ClientOptions {
  std::string base_url{};  // "https://127.0.0.1:6443" or with a path prefix; no trailing slash
  ClientTls tls{};
  std::string proxy_url{};       // empty: none (environment variables are not looked at)
  unsigned connections_max = 4;  // to the server, each with many streams if HTTP/2
  bool http2 = true;
  std::chrono::milliseconds connect_timeout{10000};
  // A transfer on which no byte moves for so long has failed; rounded up to seconds. 0: may stand
  // still until its deadline.
  std::chrono::milliseconds stall_timeout{0};
  std::size_t response_bytes_max = std::size_t{256} << 20;
};

// Bytes of a streamed body as they come; false ends the transfer.
using BodySink = std::function<bool(std::string_view bytes)>;

// Errors of every call: denied (certificate or name not trusted), unavailable (refused, reset, no
// answer in time, before anything of the request was sent or for GET and HEAD), unknown_outcome
// (broken or timed out after a request that writes was sent), cancelled, exhausted (body too
// large). An answer with any status is a success here.
class Client {
 public:
  static Result<std::unique_ptr<Client>> create(ClientOptions options);
  virtual ~Client() = default;

  // Waits for the whole answer, no longer than the context's deadline (60 s when it has none).
  virtual Result<Response> send(Context& context, const Request& request) = 0;
  // The same for endless answers (watch): the body of a 2xx goes to the sink from the client's own
  // thread, which it must not block for long; other bodies are returned in the Response.
  virtual Result<Response> stream(Context& context, const Request& request,
                                  const BodySink& sink) = 0;
};

}  // namespace salvor::http
