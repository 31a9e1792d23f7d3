#include "backup/pages.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>

#include "kube/retried.h"
#include "kube/status.h"

namespace salvor::backup {
namespace {

constexpr std::size_t kReadyMax = 2;
constexpr unsigned kFirstLimit = 100;
constexpr unsigned kLimitMin = 10;
constexpr unsigned kLimitMax = 500;
constexpr std::size_t kSmallPage = std::size_t{2} << 20;
constexpr std::size_t kLargePage = std::size_t{8} << 20;
// A list that expires this often is larger than the cluster keeps history for.
constexpr unsigned kRestartsMax = 5;

std::size_t bytes_of(const kube::ListPage& page) {
  std::size_t bytes = 0;
  for (const std::string& item : page.items) bytes += item.size();
  return bytes;
}

unsigned next_limit(unsigned limit, std::size_t bytes) {
  if (bytes > kLargePage) return std::max(kLimitMin, limit / 2);
  if (bytes < kSmallPage) return std::min(kLimitMax, limit * 2);
  return limit;
}

}  // namespace

struct Pages::State {
  State(const Context& context, kube::Api& api_in, std::vector<ListTask> tasks_in)
      : api(api_in),
        tasks(std::move(tasks_in)),
        forward(context.stop, Stop{stop}),
        fetching(context.stopped_by(stop.get_token())) {}

  void fetch_all();
  // False when nobody wants more.
  bool fetch(std::size_t task);
  bool push(PageEvent event);

  struct Stop {
    std::stop_source& source;
    void operator()() const { source.request_stop(); }
  };

  kube::Api& api;
  const std::vector<ListTask> tasks;
  std::stop_source stop;
  std::stop_callback<Stop> forward;
  Context fetching;

  std::mutex mutex;
  std::condition_variable_any changed;
  std::deque<PageEvent> ready;
  bool is_done = false;
  // Fetches ahead of the writer; the last member, so that it ends before what it uses.
  std::jthread thread;
};

bool Pages::State::push(PageEvent event) {
  std::unique_lock lock(mutex);
  const std::stop_token stopped = stop.get_token();
  if (!changed.wait(lock, stopped, [this] { return ready.size() < kReadyMax; })) return false;
  ready.push_back(std::move(event));
  changed.notify_all();
  return true;
}

bool Pages::State::fetch(std::size_t task) {
  kube::ListOptions options;
  options.namespace_name = tasks[task].namespace_name;
  options.label_selector = tasks[task].label_selector;
  options.limit = kFirstLimit;
  unsigned restarts = 0;
  while (true) {
    Result<kube::ListPage> page =
        kube::retried(fetching, [&] { return api.list(fetching, *tasks[task].type, options); });
    if (!page.ok() && kube::is_expired(page.error()) && ++restarts <= kRestartsMax) {
      options.continue_token.clear();
      if (!push({PageEvent::Kind::restarted, task, {}, {}})) return false;
      continue;
    }
    if (!page.ok()) {
      return push({PageEvent::Kind::failed, task, {}, std::move(page).error()});
    }
    options.limit = next_limit(options.limit, bytes_of(*page));
    options.continue_token = page->continue_token;
    if (!push({PageEvent::Kind::page, task, std::move(page->items), {}})) return false;
    if (options.continue_token.empty()) return push({PageEvent::Kind::ended, task, {}, {}});
  }
}

void Pages::State::fetch_all() {
  for (std::size_t task = 0; task < tasks.size(); ++task) {
    if (!fetch(task)) break;
  }
  const std::lock_guard lock(mutex);
  is_done = true;
  changed.notify_all();
}

Pages::Pages(const Context& context, kube::Api& api, std::vector<ListTask> tasks)
    : state_(std::make_unique<State>(context, api, std::move(tasks))) {
  state_->thread = std::jthread([state = state_.get()] { state->fetch_all(); });
}

Pages::~Pages() { state_->stop.request_stop(); }

std::optional<PageEvent> Pages::next() {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [this] { return !state_->ready.empty() || state_->is_done; });
  if (state_->ready.empty()) return std::nullopt;
  PageEvent event = std::move(state_->ready.front());
  state_->ready.pop_front();
  state_->changed.notify_all();
  return event;
}

}  // namespace salvor::backup
