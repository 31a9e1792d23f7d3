// A TLS server that asks its peer for a certificate and tells what came: for tests of what our
// client shows. Answers one request with 200 and no body.
#pragma once

#include <cstdint>
#include <future>
#include <string>
#include <vector>

#include "http/testing/certificate.h"
#include "http/testing/raw_socket.h"

namespace salvor::http::testing {

class TlsListener {
 public:
  explicit TlsListener(Certificate certificate);

  std::string url() const { return "https://127.0.0.1:" + std::to_string(listener_.port()); }
  // Takes one connection and its request on a thread of its own. The names of the certificates that
  // the peer sent: its own, then its authorities. Requires: somebody connects.
  std::future<std::vector<std::string>> names_of_next_peer();

 private:
  std::vector<std::string> serve_one();

  Certificate certificate_;
  RawListener listener_;
};

}  // namespace salvor::http::testing
