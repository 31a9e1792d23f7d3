// Waits on the sockets of a libcurl multi handle and moves only the transfers whose socket is
// ready: curl_multi_perform would look at every transfer, with a system call each, at every wake.
#pragma once

#include <curl/curl.h>

#include <optional>

#include "base/clock.h"

namespace salvor::http::internal {

// One thread waits; any thread may wake it. Multi handle and clock must outlive it;
// the clock has to go with the kernel's.
class Poller {
 public:
  Poller(CURLM* multi, Clock& clock);
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // Until something happened: a socket, libcurl's timer or a wake.
  void wait();
  void wake() const;

 private:
  static int on_socket(CURL*, curl_socket_t socket, int wanted, void* self, void* known);
  static int on_timer(CURLM*, long milliseconds, void* self);
  void watch(curl_socket_t socket, int wanted, bool is_known) const;
  int milliseconds_to_timer() const;
  void act(curl_socket_t socket, int ready) const;
  void drain_wakes() const;

  CURLM* const multi_;
  Clock& clock_;
  const int epoll_;
  const int wakes_;
  std::optional<SteadyTime> timer_;
};

}  // namespace salvor::http::internal
