// A scripted HTTP server for tests of clients: it plays the API server or object store that a test
// needs, on a free port, on top of our own server.
//
//   Imposter imposter;
//   imposter.always("GET", "/version", {.status = 200, .headers = {}, .body = "{}"});
//   imposter.once("POST", "/api/v1/pods", {.status = 429, .headers = {}, .body = ""});
//   imposter.drop_once("POST", "/api/v1/pods");      // read, and closed without an answer
//   ... the client under test talks to imposter.url() ...
//   EXPECT_EQ(imposter.requests().size(), 3u);
//   EXPECT_THAT(imposter.unused(), IsEmpty());       // a scripted fault must have happened
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "http/server.h"

namespace salvor::http::testing {

// Any thread may call any method. A request is answered by the oldest unused `once` line that fits
// it, else by the newest `always` line that does, else with 404. A line fits requests of its method
// whose target begins with its prefix; "" fits every method.
class Imposter {
 public:
  struct Options {
    std::unique_ptr<TlsFiles> tls;  // none: plain HTTP
    std::uint16_t port = 0;         // 0: a free one
  };

  Imposter();
  explicit Imposter(Options options);
  // Lets held requests go first.
  ~Imposter();

  std::uint16_t port() const { return server_->port(); }
  std::string url() const;

  void always(std::string method, std::string prefix, Response response);
  void once(std::string method, std::string prefix, Response response);
  // Reads one such request and closes the connection: its sender cannot know whether it was done.
  void drop_once(std::string method, std::string prefix);
  // Lets such requests wait, until release(); then they are answered as the other lines say.
  void hold(std::string method, std::string prefix);
  void release();

  // All requests so far, in the order they came, held ones included.
  std::vector<Request> requests() const;
  // Waits until there were so many; false after ten seconds.
  bool wait_for_requests(std::size_t count) const;
  // The `once` and `drop_once` lines that no request has used yet, as "POST /api/v1/pods".
  std::vector<std::string> unused() const;
  // From now on connections are refused.
  void stop();

 private:
  struct Line {
    std::string method;
    std::string prefix;
    Response response;  // status 0: closes without an answer
    bool fits(const Request& request) const;
  };

  Response answer(const Request& request);
  Response choose(const Request& request);

  const bool has_tls_;
  mutable std::mutex mutex_;  // guards what follows but the server
  mutable std::condition_variable changed_;
  std::deque<Line> once_;
  std::vector<Line> always_;
  std::optional<Line> held_;
  std::vector<Request> requests_;
  std::unique_ptr<Server> server_;
};

}  // namespace salvor::http::testing
