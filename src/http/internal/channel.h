// The two ends of what a connection does with its socket, so that its rules can be tested without
// one: sockets with and without TLS in channel.cc, a scripted one in connection_test.cc.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

namespace salvor::http::internal {

// All methods are called on the io thread, and nothing waits: the outcome is told later, on the
// same thread and never from within the call. At most one operation runs at a time. Each runs its
// callback once, with false if the other side is gone, or cancel() or close() was called meanwhile.
class Channel {
 public:
  using Done = std::function<void(bool ok)>;
  using DoneReading = std::function<void(bool ok, std::size_t bytes)>;

  virtual ~Channel() = default;

  // Before all else: TLS agrees on its keys; plain TCP has nothing to do.
  virtual void open(Done done) = 0;
  // Some bytes, at least one; false at the end of what the other side sends. The span must live
  // until then, as must the views of write().
  virtual void read(std::span<char> into, DoneReading done) = 0;
  // All of both, in one go.
  virtual void write(std::string_view head, std::string_view body, Done done) = 0;
  // Says that nothing more comes, and reads and drops what does come until the other side closes
  // too. Closing a socket with unread bytes would reset the connection, and the other side might
  // lose the answer it has not read yet. The span is where dropped bytes go, and must live as long.
  virtual void finish(std::span<char> scrap, Done done) = 0;
  // Ends the operation under way, if there is one; the channel can still be used.
  virtual void cancel() = 0;
  // At once. Safe to call again.
  virtual void close() = 0;
};

}  // namespace salvor::http::internal
