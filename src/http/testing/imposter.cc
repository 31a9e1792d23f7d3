#include "http/testing/imposter.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace salvor::http::testing {
namespace {

constexpr std::chrono::seconds kPatience{10};

Response plain(int status, const std::string& message) {
  return {.status = status, .headers = {{"Content-Type", "text/plain"}}, .body = message};
}

}  // namespace

bool Imposter::Line::fits(const Request& request) const {
  return (method.empty() || method == request.method) && request.target.starts_with(prefix);
}

Imposter::Imposter() : Imposter(Options{}) {}

Imposter::Imposter(Options options) : has_tls_(options.tls != nullptr) {
  ServerOptions server_options;
  server_options.port = options.port;
  server_options.tls = std::move(options.tls);
  server_options.handler_threads = 32;  // a held request holds one
  auto server = Server::start(
      std::move(server_options), [this](const Request& request) { return answer(request); }, &plain,
      null_log());
  CHECK(server.ok());
  server_ = std::move(server).value();
}

Imposter::~Imposter() {
  release();
  server_->stop();
}

std::string Imposter::url() const {
  return (has_tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port());
}

void Imposter::always(std::string method, std::string prefix, Response response) {
  const std::lock_guard lock(mutex_);
  always_.push_back({std::move(method), std::move(prefix), std::move(response)});
}

void Imposter::once(std::string method, std::string prefix, Response response) {
  const std::lock_guard lock(mutex_);
  once_.push_back({std::move(method), std::move(prefix), std::move(response)});
}

void Imposter::drop_once(std::string method, std::string prefix) {
  once(std::move(method), std::move(prefix), Response{.status = 0, .headers = {}, .body = {}});
}

void Imposter::hold(std::string method, std::string prefix) {
  const std::lock_guard lock(mutex_);
  held_ = Line{std::move(method), std::move(prefix), {}};
}

void Imposter::release() {
  const std::lock_guard lock(mutex_);
  held_.reset();
  changed_.notify_all();
}

std::vector<Request> Imposter::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

bool Imposter::wait_for_requests(std::size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return requests_.size() >= count; });
}

std::vector<std::string> Imposter::unused() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines;
  for (const Line& line : once_) lines.push_back(line.method + " " + line.prefix);
  return lines;
}

void Imposter::stop() { server_->stop(); }

Response Imposter::answer(const Request& request) {
  std::unique_lock lock(mutex_);
  requests_.push_back(request);
  changed_.notify_all();
  changed_.wait(lock, [&] { return !held_ || !held_->fits(request); });
  return choose(request);
}

// Requires: mutex_ is held.
Response Imposter::choose(const Request& request) {
  const auto fits = [&](const Line& line) { return line.fits(request); };
  if (const auto line = std::find_if(once_.begin(), once_.end(), fits); line != once_.end()) {
    Response response = std::move(line->response);
    once_.erase(line);
    return response;
  }
  const auto line = std::find_if(always_.rbegin(), always_.rend(), fits);
  if (line != always_.rend()) return line->response;
  return plain(404, "the imposter was told nothing about this");
}

}  // namespace salvor::http::testing
