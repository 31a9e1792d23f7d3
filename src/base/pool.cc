#include "base/pool.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace salvor {

struct Pool::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> tasks;
  bool is_closing = false;
  std::vector<std::jthread> threads;

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return is_closing || !tasks.empty(); });
      if (tasks.empty()) return;
      const std::function<void()> task = std::move(tasks.front());
      tasks.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
  }
};

Pool::Pool(unsigned threads) : state_(std::make_unique<State>()) {
  for (unsigned i = 0; i < threads; ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->work(); });
  }
}

Pool::~Pool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_closing = true;
  }
  state_->changed.notify_all();
  state_->threads.clear();
}

void Pool::submit(std::function<void()> task) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->tasks.push_back(std::move(task));
  }
  state_->changed.notify_one();
}

Result<void> for_each_number(unsigned threads, std::size_t count,
                             const std::function<Result<void>(std::size_t)>& task) {
  std::mutex mutex;
  std::size_t next = 0;
  Result<void> outcome;
  const auto take_turns = [&] {
    while (true) {
      std::unique_lock lock(mutex);
      if (next >= count || !outcome.ok()) return;
      const std::size_t number = next++;
      lock.unlock();
      Result<void> done = task(number);
      if (done.ok()) continue;
      lock.lock();
      if (outcome.ok()) outcome = std::move(done);
    }
  };
  {
    Pool pool(threads);
    for (unsigned i = 0; i < threads; ++i) pool.submit(take_turns);
  }
  return outcome;
}

}  // namespace salvor
