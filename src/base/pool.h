// A fixed number of threads that run tasks in the order they came.
#pragma once

#include <functional>
#include <memory>

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

}  // namespace salvor
