// How a request travels: the calling thread takes a libcurl handle from a pile, tells it what to
// send and puts it into the orders of the client's thread; that thread gives it to libcurl's multi
// handle, moves the bytes of all transfers, and wakes the caller, who puts the handle back. The
// multi handle owns the connections, so a handle of the pile holds none.
#include "http/client.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/check.h"
#include "http/internal/poller.h"
#include "http/internal/transfer.h"

namespace salvor::http {
namespace {

using internal::Easy;
using internal::Endpoint;
using internal::Transfer;
using std::chrono::milliseconds;

constexpr milliseconds kDefaultTimeout{60000};

struct MultiCleanup {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

CURLM* make_multi() {
  CURLM* const multi = curl_multi_init();
  CHECK(multi != nullptr);
  return multi;
}

// Once for the process; libcurl counts and never needs to be told of the end.
bool library_ready() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

// What callers ask the client's thread to do. A transfer is named by a number, as it may be over
// and gone when the wish to stop it is read.
struct Orders {
  std::vector<Transfer*> begin;
  std::vector<std::pair<std::uint64_t, Transfer::Ending>> stop;
  bool empty() const { return begin.empty() && stop.empty(); }
};

class CurlClient final : public Client {
 public:
  explicit CurlClient(Endpoint endpoint);
  ~CurlClient() override;

  Result<Response> send(Context& context, const Request& request) override;
  Result<Response> stream(Context& context, const Request& request, const BodySink& sink) override;

 private:
  Result<Response> exchange(Context& context, const Request& request, const BodySink* sink);
  std::unique_ptr<Easy> take_easy();
  void give_back(std::unique_ptr<Easy> easy);
  template <typename Change>
  void order(const Change& change);

  // The client's thread.
  void run(const std::stop_token& stop);
  void carry_out_orders();
  void begin(Transfer& transfer);
  void finish_ended();
  void abandon_all();

  const Endpoint endpoint_;
  const std::unique_ptr<CURLM, MultiCleanup> multi_;
  internal::Poller poller_;
  std::atomic<std::uint64_t> last_id_ = 0;
  std::mutex mutex_;  // guards orders_ and idle_
  Orders orders_;
  std::vector<std::unique_ptr<Easy>> idle_;
  std::unordered_map<std::uint64_t, Transfer*> active_;  // the client's thread alone
  // libcurl's multi handle wants one thread that waits on all of its sockets.
  std::jthread thread_;
};

CurlClient::CurlClient(Endpoint endpoint)
    : endpoint_(std::move(endpoint)), multi_(make_multi()), poller_(multi_.get(), system_clock()) {
  const long connections_max = std::max(1L, static_cast<long>(endpoint_.options.connections_max));
  curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, connections_max);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, connections_max);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

CurlClient::~CurlClient() {
  thread_.request_stop();
  poller_.wake();
  thread_.join();
}

Result<Response> CurlClient::send(Context& context, const Request& request) {
  if (context.deadline) return exchange(context, request, nullptr);
  Context limited = context.within(kDefaultTimeout);
  return exchange(limited, request, nullptr);
}

Result<Response> CurlClient::stream(Context& context, const Request& request,
                                    const BodySink& sink) {
  return exchange(context, request, &sink);
}

Result<Response> CurlClient::exchange(Context& context, const Request& request,
                                      const BodySink* sink) {
  TRY_VOID(context.check());
  std::unique_ptr<Easy> easy = take_easy();
  Transfer transfer(++last_id_, endpoint_, *easy, request, sink);
  TRY_VOID(transfer.prepare());

  order([&](Orders& orders) { orders.begin.push_back(&transfer); });
  const auto stop = [&](Transfer::Ending why) {
    order([&](Orders& orders) { orders.stop.emplace_back(transfer.id(), why); });
  };
  Result<Response> answer = [&] {
    const std::stop_callback stopper(context.stop, [&] { stop(Transfer::Ending::cancelled); });
    if (context.deadline && !transfer.wait_for(*context.deadline - context.clock.steady())) {
      stop(Transfer::Ending::expired);
    }
    return transfer.wait();
  }();
  give_back(std::move(easy));
  return answer;
}

std::unique_ptr<Easy> CurlClient::take_easy() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Easy> easy = std::move(idle_.back());
      idle_.pop_back();
      return easy;
    }
  }
  return std::make_unique<Easy>(endpoint_);
}

void CurlClient::give_back(std::unique_ptr<Easy> easy) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(easy));
}

template <typename Change>
void CurlClient::order(const Change& change) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = orders_.empty();
    change(orders_);
  }
  // With orders waiting the thread is already on its way, and waking costs a system call.
  if (was_empty) poller_.wake();
}

void CurlClient::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    carry_out_orders();
    poller_.wait();
    finish_ended();
  }
  carry_out_orders();
  abandon_all();
}

void CurlClient::carry_out_orders() {
  Orders orders;
  {
    const std::lock_guard lock(mutex_);
    std::swap(orders, orders_);
  }
  for (Transfer* transfer : orders.begin) begin(*transfer);
  for (const auto& [id, why] : orders.stop) {
    const auto found = active_.find(id);
    if (found == active_.end()) continue;
    curl_multi_remove_handle(multi_.get(), found->second->handle());
    found->second->finish_early(why);
    active_.erase(found);
  }
}

void CurlClient::begin(Transfer& transfer) {
  if (curl_multi_add_handle(multi_.get(), transfer.handle()) != CURLM_OK) {
    transfer.finish(CURLE_OUT_OF_MEMORY);
    return;
  }
  active_.emplace(transfer.id(), &transfer);
}

void CurlClient::finish_ended() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    // Removing the handle frees the message.
    const CURLcode code = message->data.result;
    CURL* const handle = message->easy_handle;
    void* owner = nullptr;
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, &owner);
    auto* const transfer = static_cast<Transfer*>(owner);
    curl_multi_remove_handle(multi_.get(), handle);
    active_.erase(transfer->id());
    transfer->finish(code);
  }
}

void CurlClient::abandon_all() {
  for (const auto& [id, transfer] : active_) {
    curl_multi_remove_handle(multi_.get(), transfer->handle());
    transfer->finish_early(Transfer::Ending::cancelled);
  }
  active_.clear();
}

}  // namespace

Result<std::unique_ptr<Client>> Client::create(ClientOptions options) {
  if (!library_ready()) return error(ErrorCode::bug, "libcurl cannot be started");
  TRY(Endpoint endpoint, Endpoint::create(std::move(options)));
  return std::unique_ptr<Client>(std::make_unique<CurlClient>(std::move(endpoint)));
}

}  // namespace salvor::http
