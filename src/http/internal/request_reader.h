// Bytes of one connection in, requests out. No sockets, no threads, no time: the connection feeds
// it. The strict part of the parsing is Boost.Beast's, which stays in the .cc.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

namespace salvor::http::internal {

struct ReaderLimits {
  std::size_t header_bytes_max;
  std::size_t body_bytes_max;
};

// Why a connection's bytes are answered without asking the handler.
struct Refusal {
  int status = 400;
  std::string message;
};

// Used by one thread. Bytes of the next requests (pipelining) wait inside.
class RequestReader {
 public:
  enum class State {
    idle,     // not a byte of the next request yet
    head,     // in its first line and headers
    body,     // in its body
    whole,    // take() gives it
    refused,  // for good: what follows on this connection cannot be understood
  };

  explicit RequestReader(ReaderLimits limits);
  ~RequestReader();

  State state() const { return state_; }
  // Requires: state is idle, head or body.
  void feed(std::string_view bytes);
  // The client waits for "100 Continue" before it sends the body. True once a request.
  bool take_expectation();

  // Requires: state is whole. Goes on with the next request, whose bytes may be there already.
  Request take();
  // Of the request that take() gave last.
  bool keeps_alive() const { return keeps_alive_; }
  bool is_http_1_0() const { return is_http_1_0_; }

  // Requires: state is refused.
  const Refusal& refusal() const { return refusal_; }

 private:
  struct Parsing;

  void advance();
  bool read_head();
  std::size_t find_head();
  bool parse_head(const std::string& strict);
  bool take_head();
  bool read_body();
  void refuse_parse(const char* part, bool is_too_large, const std::string& why);
  void refuse(int status, std::string message);

  const ReaderLimits limits_;
  State state_ = State::idle;
  std::string bytes_;         // not parsed yet
  std::size_t searched_ = 0;  // of these, known not to hold a head's end
  std::unique_ptr<Parsing> parsing_;
  Request request_;
  Refusal refusal_;
  bool expects_continue_ = false;
  bool keeps_alive_ = false;
  bool is_http_1_0_ = false;
};

}  // namespace salvor::http::internal
