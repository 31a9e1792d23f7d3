#include "kube/internal/watch_session.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "kube/internal/urls.h"
#include "kube/internal/watch_lines.h"

namespace salvor::kube {
namespace {

constexpr std::size_t kLineBytesMax = std::size_t{64} << 20;
// A server that ends a watch at once is not asked again at once.
constexpr std::chrono::milliseconds kPauseAfterNothing{500};

// Chunks on their way from the HTTP client's thread to ours.
class ChunkQueue {
 public:
  void push(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    chunks_.emplace_back(bytes);
    changed_.notify_one();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_one();
  }
  // Nothing once it is closed and empty.
  std::optional<std::string> pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || !chunks_.empty(); });
    if (chunks_.empty()) return std::nullopt;
    std::string chunk = std::move(chunks_.front());
    chunks_.pop_front();
    return chunk;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> chunks_;
  bool closed_ = false;
};

// A stream that runs beside us: the HTTP client calls back on its own thread, which a sink must not
// block, so the blocking call gets a thread and the bytes a queue.
class BackgroundStream {
 public:
  BackgroundStream(const Context& context, Connection& connection, Call call)
      : forward_(context.stop, [this] { source_.request_stop(); }),
        context_(context.stopped_by(source_.get_token())),
        thread_([this, &connection, sent = std::move(call)] {
          result_ = connection.stream(context_, sent, [this](std::string_view bytes) {
            queue_.push(bytes);
            return true;
          });
          queue_.close();
        }) {}

  // Before the thread, which would else be waited for until the server ends the stream.
  ~BackgroundStream() { source_.request_stop(); }
  BackgroundStream(const BackgroundStream&) = delete;
  BackgroundStream& operator=(const BackgroundStream&) = delete;

  std::optional<std::string> next() { return queue_.pop(); }
  // Ends it, if it has not ended, and tells how it did.
  Result<void> finish() {
    source_.request_stop();
    thread_.join();
    return result_;
  }

 private:
  std::stop_source source_;
  std::stop_callback<std::function<void()>> forward_;
  Context context_;
  ChunkQueue queue_;
  Result<void> result_;
  std::jthread thread_;
};

}  // namespace

WatchSession::WatchSession(Connection& connection, const ResourceType& type,
                           const ListOptions& options, const WatchSink& sink)
    : connection_(connection),
      type_(type),
      options_(options),
      sink_(sink),
      version_(options.resource_version) {}

Result<void> WatchSession::run(Context& context) {
  Retries retries = connection_.watch_retries();
  while (true) {
    has_progress_ = false;
    const auto ending = stream_once(context);
    if (context.stopped()) return error(ErrorCode::cancelled, "stopped on request");
    if (ending.ok() && *ending == Ending::sink) return {};
    if (context.expired()) return {};
    if (has_progress_) retries = connection_.watch_retries();
    std::optional<Duration> pause;
    if (!ending.ok()) {
      pause = retries.next(ending.error());
      if (!pause) return ending.error();
    } else if (!has_progress_) {
      pause = kPauseAfterNothing;
    }
    if (!pause) continue;
    const auto waited = context.wait(*pause);
    if (context.stopped()) return waited;
  }
}

Result<WatchSession::Ending> WatchSession::stream_once(Context& context) {
  BackgroundStream stream(context, connection_, call(context));
  LineSplitter lines;
  while (auto chunk = stream.next()) {
    lines.add(*chunk);
    while (auto line = lines.next()) {
      auto delivered = deliver(*line);
      if (delivered.ok() && *delivered == Ending::closed) continue;
      static_cast<void>(stream.finish().ok());  // we ended it: how it ends says nothing
      return delivered;
    }
    if (lines.pending_bytes() > kLineBytesMax) {
      return error(ErrorCode::exhausted,
                   "a watch event of " + type_.group_resource() + " is larger than 64 MiB");
    }
  }
  TRY_VOID(stream.finish());
  return Ending::closed;
}

// Ending::closed means: go on.
Result<WatchSession::Ending> WatchSession::deliver(std::string_view line) {
  TRY(const WatchEvent event, read_watch_event(line));
  const std::string version = text_at(member(event.object, "metadata"), "resourceVersion");
  if (!version.empty()) version_ = version;
  has_progress_ = true;
  return sink_(event) ? Ending::closed : Ending::sink;
}

Call WatchSession::call(const Context& context) const {
  const Duration left = *context.deadline - context.clock.steady();
  const auto seconds =
      std::max<std::int64_t>(1, std::chrono::duration_cast<std::chrono::seconds>(left).count() + 1);
  return {.method = "GET",
          .target = target(collection_path(type_, options_.namespace_name),
                           {{"watch", "1"},
                            {"allowWatchBookmarks", "true"},
                            {"labelSelector", options_.label_selector},
                            {"resourceVersion", version_},
                            {"timeoutSeconds", std::to_string(seconds)}})};
}

}  // namespace salvor::kube
