// A fixed number of threads that run tasks in the order they came.
#pragma once

#include <functional>
#include <memory>

#include "base/result.h"

namespace salvor {

// Any thread may submit. Destroying it runs what was submitted to its end.
class Pool {
 public:
  explicit Pool(unsigned threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // The task must not throw.
  void submit(std::function<void()> task);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Runs a task for each number below `count`, on several threads. The first failure ends it: tasks
// that have not begun by then are not run.
Result<void> for_each_number(unsigned threads, std::size_t count,
                             const std::function<Result<void>(std::size_t)>& task);

}  // namespace salvor
