#include "repo/internal/crew.h"

namespace salvor::repo::internal {
namespace {

constexpr std::size_t kTasksMax = 256;
constexpr std::size_t kBytesMax = std::size_t{6} << 20;

}  // namespace

Crew::Crew(const Repository& repository, unsigned threads, int level)
    : repository_(repository), level_(level), pool_(threads) {}

void Crew::submit(std::size_t bytes, Task task) {
  {
    std::unique_lock lock(mutex_);
    // One that is larger than the bound goes alone.
    changed_.wait(
        lock, [&] { return tasks_ == 0 || (tasks_ < kTasksMax && bytes_ + bytes <= kBytesMax); });
    ++tasks_;
    bytes_ += bytes;
  }
  pool_.submit([this, bytes, task = std::move(task)] { run(bytes, task); });
}

void Crew::run(std::size_t bytes, const Task& task) {
  std::unique_lock lock(mutex_);
  std::unique_ptr<BlobSealer> sealer;
  if (!idle_.empty()) {
    sealer = std::move(idle_.back());
    idle_.pop_back();
  }
  lock.unlock();
  if (!sealer) sealer = std::make_unique<BlobSealer>(repository_, level_);
  task(*sealer);
  sealer->rest();
  lock.lock();
  idle_.push_back(std::move(sealer));
  --tasks_;
  bytes_ -= bytes;
  changed_.notify_all();
}

void Crew::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return tasks_ == 0; });
}

}  // namespace salvor::repo::internal
