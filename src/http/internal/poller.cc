#include "http/internal/poller.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/check.h"

namespace salvor::http::internal {
namespace {

constexpr int kEventsMax = 64;

epoll_event interest(int socket, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = socket;
  return event;
}

std::uint32_t events_for(int wanted) {
  std::uint32_t events = 0;
  if ((wanted & CURL_POLL_IN) != 0) events |= EPOLLIN;
  if ((wanted & CURL_POLL_OUT) != 0) events |= EPOLLOUT;
  return events;
}

int ready_in(std::uint32_t events) {
  int ready = 0;
  if ((events & EPOLLIN) != 0) ready |= CURL_CSELECT_IN;
  if ((events & EPOLLOUT) != 0) ready |= CURL_CSELECT_OUT;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) ready |= CURL_CSELECT_ERR;
  return ready;
}

}  // namespace

Poller::Poller(CURLM* multi, Clock& clock)
    : multi_(multi),
      clock_(clock),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wakes_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(epoll_ >= 0 && wakes_ >= 0);
  epoll_event event = interest(wakes_, EPOLLIN);
  CHECK(::epoll_ctl(epoll_, EPOLL_CTL_ADD, wakes_, &event) == 0);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Poller::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Poller::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

Poller::~Poller() {
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, nullptr);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, nullptr);
  ::close(wakes_);
  ::close(epoll_);
}

void Poller::wake() const {
  const std::uint64_t one = 1;
  // Full only when 2^64 wakes wait: then it is awake.
  static_cast<void>(::write(wakes_, &one, sizeof one));
}

void Poller::wait() {
  std::array<epoll_event, kEventsMax> events{};
  const int count = ::epoll_wait(epoll_, events.data(), kEventsMax, milliseconds_to_timer());
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == wakes_) {
      drain_wakes();
    } else {
      act(event.data.fd, ready_in(event.events));
    }
  }
  if (timer_ && clock_.steady() >= *timer_) {
    timer_.reset();
    act(CURL_SOCKET_TIMEOUT, 0);
  }
}

void Poller::drain_wakes() const {
  std::uint64_t count = 0;
  static_cast<void>(::read(wakes_, &count, sizeof count));
}

void Poller::act(curl_socket_t socket, int ready) const {
  int running = 0;
  curl_multi_socket_action(multi_, socket, ready, &running);
}

int Poller::milliseconds_to_timer() const {
  if (!timer_) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*timer_ - clock_.steady()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

int Poller::on_timer(CURLM*, long milliseconds, void* self) {
  auto& poller = *static_cast<Poller*>(self);
  if (milliseconds < 0) {
    poller.timer_.reset();
  } else {
    poller.timer_ = poller.clock_.steady() + std::chrono::milliseconds(milliseconds);
  }
  return 0;
}

// libcurl keeps `known` for us with the socket: null means that it is new.
int Poller::on_socket(CURL*, curl_socket_t socket, int wanted, void* self, void* known) {
  auto& poller = *static_cast<Poller*>(self);
  poller.watch(socket, wanted, known != nullptr);
  curl_multi_assign(poller.multi_, socket, wanted == CURL_POLL_REMOVE ? nullptr : self);
  return 0;
}

void Poller::watch(curl_socket_t socket, int wanted, bool is_known) const {
  if (wanted == CURL_POLL_REMOVE) {
    // It may be closed already, and gone from the set with that.
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, socket, nullptr);
    return;
  }
  epoll_event event = interest(socket, events_for(wanted));
  const int first = is_known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (::epoll_ctl(epoll_, first, socket, &event) == 0) return;
  // A number that was closed and came back for another socket.
  const int second = is_known ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  CHECK(::epoll_ctl(epoll_, second, socket, &event) == 0);
}

}  // namespace salvor::http::internal
