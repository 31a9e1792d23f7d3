#include "http/internal/connection.h"

#include <utility>

#include "base/check.h"
#include "http/internal/response_text.h"

namespace salvor::http::internal {
namespace {

// How long a client may take to close after our last byte; we need nothing more of it.
constexpr std::chrono::seconds kFinishTimeout{5};
// A body up to here is copied behind its head: cheaper than a second buffer, which TLS would even
// send as a record and a packet of its own.
constexpr std::size_t kJoinedBodyBytesMax = 16 << 10;

}  // namespace

Connection::Connection(Host& host, std::unique_ptr<Channel> channel, std::string peer)
    : host_(host),
      channel_(std::move(channel)),
      peer_(std::move(peer)),
      reader_({.header_bytes_max = host.options().header_bytes_max,
               .body_bytes_max = host.options().body_bytes_max}) {}

void Connection::start() {
  enter(Phase::opening, host_.options().header_timeout);
  channel_->open(then(&Connection::advance));
}

void Connection::check_deadline(SteadyTime now) {
  if (now < deadline_) return;
  switch (phase_) {
    case Phase::head:
    case Phase::body:
      is_late_ = true;
      channel_->cancel();
      return;
    case Phase::opening:
    case Phase::idle:
    case Phase::writing:
    case Phase::finishing:
      close();
      return;
    case Phase::handling:
    case Phase::closed:
      return;
  }
}

void Connection::drain() {
  closes_afterwards_ = true;
  if (phase_ == Phase::opening || phase_ == Phase::idle || phase_ == Phase::head) close();
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  channel_->close();
  host_.closed(*this);
}

void Connection::enter(Phase phase, std::chrono::seconds limit) {
  phase_ = phase;
  deadline_ = host_.clock().steady() + limit;
}

Channel::Done Connection::then(void (Connection::*next)()) {
  return [self = shared_from_this(), next](bool ok) {
    if (self->phase_ == Phase::closed) return;
    if (!ok) return self->close();
    ((*self).*next)();
  };
}

void Connection::advance() {
  switch (reader_.state()) {
    case RequestReader::State::idle:
    case RequestReader::State::head:
    case RequestReader::State::body:
      return reader_.take_expectation() ? write_continue() : read();
    case RequestReader::State::whole:
      return handle();
    case RequestReader::State::refused:
      return refuse(reader_.refusal().status, reader_.refusal().message);
  }
}

void Connection::read() {
  // A client gets the time of a phase once, not anew with each byte.
  if (const Phase phase = reading_phase(); phase != phase_) enter(phase, limit_of(phase));
  if (phase_ == Phase::idle && host_.is_draining()) return close();
  channel_->read(chunk_, [self = shared_from_this()](bool ok, std::size_t count) {
    if (self->phase_ != Phase::closed) self->take_bytes(ok ? count : 0);
  });
}

void Connection::take_bytes(std::size_t count) {
  if (is_late_) return refuse(408, "the request did not come in time");
  if (count == 0) return close();
  reader_.feed({chunk_.data(), count});
  advance();
}

Connection::Phase Connection::reading_phase() const {
  switch (reader_.state()) {
    case RequestReader::State::head:
      return Phase::head;
    case RequestReader::State::body:
      return Phase::body;
    case RequestReader::State::idle:
    case RequestReader::State::whole:
    case RequestReader::State::refused:
      break;
  }
  return Phase::idle;
}

std::chrono::seconds Connection::limit_of(Phase phase) const {
  if (phase == Phase::head) return host_.options().header_timeout;
  if (phase == Phase::body) return host_.options().body_timeout;
  return host_.options().idle_timeout;
}

void Connection::write_continue() {
  enter(Phase::body, host_.options().body_timeout);
  channel_->write("HTTP/1.1 100 Continue\r\n\r\n", "", then(&Connection::advance));
}

void Connection::handle() {
  request_ = reader_.take();
  request_.peer = peer_;
  closes_afterwards_ = !reader_.keeps_alive();
  phase_ = Phase::handling;
  const bool taken = host_.handle(request_, [self = shared_from_this()](Response response) {
    if (self->phase_ == Phase::handling) self->respond(std::move(response));
  });
  if (!taken) refuse(503, "the server is busy, try again later");
}

void Connection::refuse(int status, const std::string& message) {
  closes_afterwards_ = true;
  respond(host_.refuse(status, message));
}

void Connection::respond(Response response) {
  if (response.status == 0) return close();
  if (host_.is_draining()) closes_afterwards_ = true;
  enter(Phase::writing, host_.options().write_timeout);
  const Afterwards afterwards = closes_afterwards_      ? Afterwards::close
                                : reader_.is_http_1_0() ? Afterwards::keep_http_1_0
                                                        : Afterwards::keep;
  head_ = response_head(response, afterwards, host_.clock().wall_seconds());
  body_.clear();
  if (has_body(response.status) && request_.method != "HEAD") {
    if (response.body.size() <= kJoinedBodyBytesMax) {
      head_ += response.body;
    } else {
      body_ = std::move(response.body);
    }
  }
  channel_->write(head_, body_, then(&Connection::written));
}

void Connection::written() {
  request_ = {};
  body_ = {};
  if (closes_afterwards_) return finish();
  phase_ = Phase::writing;
  advance();
}

void Connection::finish() {
  enter(Phase::finishing, kFinishTimeout);
  channel_->finish(chunk_, then(&Connection::close));
}

}  // namespace salvor::http::internal
