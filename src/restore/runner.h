// The only concurrent object of a restore: runs steps and hands back their outcomes. In simulation
// a seed decides the order instead (testing/seeded_runner.h).
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "base/clock.h"
#include "base/pool.h"
#include "restore/outcome.h"
#include "restore/plan.h"

namespace salvor::restore {

class Runner {
 public:
  virtual ~Runner() = default;
  virtual void start(StepNumber step, std::function<Outcome()> work) = 0;
  // Waits until a step has ended, or so long; false when none has. Requires as wait().
  virtual bool wait_for_end(Duration most) = 0;
  // The next step that ended. Requires: one was started and has not been handed back.
  virtual std::pair<StepNumber, Outcome> wait() = 0;
  // How many steps may have been started and not been handed back.
  virtual std::size_t capacity() const = 0;
};

// Steps on a pool of threads, each of which mostly waits for the API server. It takes more of them
// than run at once, so that the threads have work while whoever started them is busy: saving
// outcomes waits for the disk.
class PoolRunner final : public Runner {
 public:
  explicit PoolRunner(unsigned in_flight) : in_flight_(in_flight), pool_(in_flight) {}

  void start(StepNumber step, std::function<Outcome()> work) override;
  bool wait_for_end(Duration most) override;
  std::pair<StepNumber, Outcome> wait() override;
  std::size_t capacity() const override { return in_flight_ + kAhead; }

  static constexpr std::size_t kAhead = 128;

 private:
  const unsigned in_flight_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<StepNumber, Outcome>> ended_;
  Pool pool_;  // last: its threads use the members above
};

std::unique_ptr<Runner> make_pool_runner(unsigned in_flight);

}  // namespace salvor::restore
