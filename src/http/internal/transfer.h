// One exchange of the client on one libcurl handle, and what each handle is told once. Only
// client.cc and transfer.cc know libcurl.
#pragma once

#include <curl/curl.h>

#include <array>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "http/client.h"

namespace salvor::http::internal {

struct EasyCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListCleanup {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListCleanup>;

// Where a client's requests go, worked out once from its options.
struct Endpoint {
  ClientOptions options;
  std::string url_prefix;   // what goes before each target
  std::string host_header;  // set if the URL's host was replaced by the TLS server name
  List connect_to;          // and then the address to connect to in its stead

  // Fails with invalid when the base URL is none or not of HTTP.
  static Result<Endpoint> create(ClientOptions options);
};

// Says once that something is done. The one who waits may go on before raise() has returned, and
// most often does without meeting its lock; so the flag must outlive both.
class Flag {
 public:
  void raise();
  void lower();
  // False if it was not raised within the limit; without one it waits for good.
  bool wait(std::optional<Duration> limit);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_up_ = false;
};

// A libcurl handle with all that is the same for each request of its client. Used by one transfer
// at a time and again by the next: libcurl keeps what it allocated, and we need not tell it all
// again. The endpoint must outlive it.
class Easy {
 public:
  explicit Easy(const Endpoint& endpoint);

  CURL* get() const { return easy_.get(); }
  // What libcurl says of the last failure; "" when it has nothing to say.
  const char* failure() const { return failure_.data(); }
  void forget_failure() { failure_[0] = '\0'; }
  // Up when the transfer of the moment has ended. It stands here as handles outlive transfers.
  Flag& ended() { return ended_; }

 private:
  void set_security(const Endpoint& endpoint);
  void set_way(const Endpoint& endpoint);

  std::unique_ptr<CURL, EasyCleanup> easy_;
  std::array<char, CURL_ERROR_SIZE> failure_{};
  Flag ended_;
};

// Lives on the stack of the thread that waits for it. That thread prepares it and waits; between
// those only the client's own thread touches it, up to finish().
class Transfer {
 public:
  // `sink` may be null; all must outlive the transfer. No other transfer of the client has the id.
  Transfer(std::uint64_t id, const Endpoint& endpoint, Easy& easy, const Request& request,
           const BodySink* sink);

  // Tells libcurl what to send. Fails with invalid for what HTTP cannot carry.
  Result<void> prepare();
  std::uint64_t id() const { return id_; }
  CURL* handle() const { return easy_.get(); }

  // Why a transfer ended that could have gone on.
  enum class Ending { none, body_too_large, sink_full, repeat_refused, cancelled, expired };

  // How it ended, said once by the client's thread, which must not touch the transfer afterwards.
  void finish(CURLcode code);
  // The same for a transfer that was taken away from libcurl.
  void finish_early(Ending ending);

  // Waits for either, no longer than so; false if neither has happened by then. libcurl's own time
  // limit would not do: release 7.88 does not look at it while a transfer waits for a connection.
  bool wait_for(Duration limit);
  // Waits for either and gives the answer or what went wrong, as client.h says.
  Result<Response> wait();

 private:
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static int before_request(void* self, char* remote_ip, char* local_ip, int remote_port,
                            int local_port);

  Result<List> header_list() const;
  void set_method();
  void take_header_line(std::string_view line);
  bool take_body(std::string_view bytes);
  Error failed() const;
  bool may_have_been_sent() const;
  ErrorCode failure_code() const;

  const std::uint64_t id_;
  const Endpoint& endpoint_;
  Easy& easy_;
  const Request& request_;
  const BodySink* sink_;
  List headers_;
  Response response_;

  Ending ending_ = Ending::none;
  bool request_begun_ = false;  // a byte of the request may have been sent
  CURLcode code_ = CURLE_OK;
};

}  // namespace salvor::http::internal
