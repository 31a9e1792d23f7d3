// How requests reach the API. One method, so that a test's server is a function.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/context.h"
#include "base/result.h"
#include "http/message.h"

namespace salvor::cli {

// Where a server is and how it is trusted.
struct Endpoint {
  std::string url = {};      // "https://salvor.example.com", no trailing slash, no /api/v1
  std::string ca_file = {};  // PEM; empty: the system's authorities
  bool insecure_skip_verify = false;
};

class ApiTransport {
 public:
  virtual ~ApiTransport() = default;
  // Any status is a success. Fails as http::Client::send does: denied (certificate not trusted),
  // unavailable, unknown_outcome, cancelled, exhausted.
  virtual Result<http::Response> send(Context& context, const http::Request& request) = 0;
};

// Makes a transport; nothing is sent yet. Fails with invalid (not a URL) or not_found (no CA file).
using Connect = std::function<Result<std::unique_ptr<ApiTransport>>(const Endpoint& endpoint)>;

// The real one, over http::Client.
Result<std::unique_ptr<ApiTransport>> connect_http(const Endpoint& endpoint);

}  // namespace salvor::cli
