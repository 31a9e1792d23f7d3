#include "restore/runner.h"

namespace salvor::restore {

void PoolRunner::start(StepNumber step, std::function<Outcome()> work) {
  pool_.submit([this, step, work = std::move(work)] {
    Outcome outcome = work();
    {
      const std::lock_guard lock(mutex_);
      ended_.emplace_back(step, std::move(outcome));
    }
    changed_.notify_one();
  });
}

std::unique_ptr<Runner> make_pool_runner(unsigned in_flight) {
  return std::make_unique<PoolRunner>(in_flight);
}

bool PoolRunner::wait_for_end(Duration most) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, most, [&] { return !ended_.empty(); });
}

std::pair<StepNumber, Outcome> PoolRunner::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !ended_.empty(); });
  auto first = std::move(ended_.front());
  ended_.pop_front();
  return first;
}

}  // namespace salvor::restore
