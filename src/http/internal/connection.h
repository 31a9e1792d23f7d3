// The rules of one client's connection: read a request, have it handled, write the response, and
// again; what is refused; how long each part may take; how it ends. It knows no socket (channel.h)
// and no thread: everything here happens on the io thread.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "http/internal/channel.h"
#include "http/internal/request_reader.h"
#include "http/message.h"
#include "http/server.h"

namespace salvor::http::internal {

class Connection;

// What connections need of their server. Called on the io thread.
class Host {
 public:
  using Answer = std::function<void(Response response)>;

  virtual ~Host() = default;
  // Has the request handled on another thread; the answer comes back on the io thread. False if too
  // many wait already. The request must live until the answer came.
  virtual bool handle(const Request& request, Answer answer) = 0;
  virtual Response refuse(int status, const std::string& message) = 0;
  virtual const ServerOptions& options() const = 0;
  virtual Clock& clock() const = 0;
  virtual bool is_draining() const = 0;
  // The connection is over. The host may drop it, but not before this call returned.
  virtual void closed(Connection& connection) = 0;
};

// Shared by its server and by whatever operation of its channel is under way: the operation's
// callback needs it alive, and the server may drop it earlier.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Host& host, std::unique_ptr<Channel> channel, std::string peer);

  void start();
  // Ends what has taken too long. The server calls it for all connections a few times a second: one
  // timer for all costs less than one for each phase of each request.
  void check_deadline(SteadyTime now);
  // No further requests: closes at once if none has begun, else after the response.
  void drain();
  void close();

 private:
  enum class Phase { opening, idle, head, body, handling, writing, finishing, closed };

  void enter(Phase phase, std::chrono::seconds limit);
  void advance();
  void read();
  void take_bytes(std::size_t count);
  void write_continue();
  void handle();
  void refuse(int status, const std::string& message);
  void respond(Response response);
  void written();
  void finish();
  Phase reading_phase() const;
  std::chrono::seconds limit_of(Phase phase) const;
  // A callback for the channel: goes on with `next`, or closes when it failed.
  Channel::Done then(void (Connection::*next)());

  Host& host_;
  const std::unique_ptr<Channel> channel_;
  const std::string peer_;
  RequestReader reader_;
  Request request_;
  std::string head_;  // of the response that is being written
  std::string body_;
  std::array<char, 16384> chunk_;
  Phase phase_ = Phase::opening;
  SteadyTime deadline_{};
  bool is_late_ = false;  // the request was not there in time
  bool closes_afterwards_ = false;
};

}  // namespace salvor::http::internal
