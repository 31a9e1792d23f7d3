// Plain TCP for tests that must say and see the very bytes: broken requests to our server, broken
// answers to our client. Blocking, on the loopback address; a wait that lasts ten seconds gives up
// and returns what there is, so that a broken test fails instead of hanging.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace salvor::http::testing {

// One end of a connection. One thread at a time.
class RawPeer {
 public:
  // Requires: somebody listens there.
  static RawPeer connect(std::uint16_t port);
  explicit RawPeer(int descriptor);
  ~RawPeer();
  RawPeer(RawPeer&& other) noexcept;
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  // False if the other side no longer takes anything.
  bool send(std::string_view bytes);
  // Up to and with the mark; what came after it is kept for the next call.
  std::string read_until(std::string_view mark);
  // Exactly so many bytes, if they come.
  std::string read_bytes(std::size_t count);
  std::string read_to_end();
  // One response with a Content-Length.
  std::string read_response();
  void close();
  // Stays the peer's own.
  int descriptor() const { return descriptor_; }

 private:
  bool read_more();

  int descriptor_;
  std::string received_;
};

class RawListener {
 public:
  RawListener();
  ~RawListener();
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // The next connection. Requires: somebody connects.
  RawPeer accept();

 private:
  int descriptor_;
  std::uint16_t port_ = 0;
};

}  // namespace salvor::http::testing
