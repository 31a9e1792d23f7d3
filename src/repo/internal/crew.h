// Threads that make blobs ready, each with a sealer of its own, and a bound on what waits for them:
// who hands in more than they can take, waits.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/pool.h"
#include "repo/blob_saver.h"

namespace salvor::repo::internal {

// Any thread but its own may submit. Destroying it runs what was submitted to its end.
class Crew {
 public:
  using Task = std::function<void(BlobSealer& sealer)>;

  Crew(const Repository& repository, unsigned threads, int level);

  // `bytes`: what the task holds in memory.
  void submit(std::size_t bytes, Task task);
  // Until all that was submitted has run.
  void wait();

 private:
  void run(std::size_t bytes, const Task& task);

  const Repository& repository_;
  const int level_;
  std::mutex mutex_;  // guards what follows, but the pool
  std::condition_variable changed_;
  std::vector<std::unique_ptr<BlobSealer>> idle_;
  std::size_t tasks_ = 0;
  std::size_t bytes_ = 0;
  Pool pool_;  // last: its threads use the members above
};

}  // namespace salvor::repo::internal
