// A runner without threads, in which a seed decides in which order the steps under way end: what a
// pool of threads could do by chance is done on purpose, and again for the same seed.
#pragma once

#include <functional>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "restore/runner.h"

namespace salvor::restore::testing {

// Used by one thread. A step's work runs whole, inside wait().
class SeededRunner final : public Runner {
 public:
  SeededRunner(std::uint64_t seed, std::size_t capacity) : random_(seed), capacity_(capacity) {}

  void start(StepNumber step, std::function<Outcome()> work) override;
  bool wait_for_end(Duration) override { return true; }
  std::pair<StepNumber, Outcome> wait() override;
  std::size_t capacity() const override { return capacity_; }

 private:
  std::mt19937_64 random_;
  const std::size_t capacity_;
  std::vector<std::pair<StepNumber, std::function<Outcome()>>> under_way_;
};

// For restore::Ports.
std::function<std::unique_ptr<Runner>(unsigned in_flight)> seeded(std::uint64_t seed);

}  // namespace salvor::restore::testing
