#include "restore/testing/seeded_runner.h"

#include "base/check.h"

namespace salvor::restore::testing {

void SeededRunner::start(StepNumber step, std::function<Outcome()> work) {
  CHECK(under_way_.size() < capacity_);
  under_way_.emplace_back(step, std::move(work));
}

std::pair<StepNumber, Outcome> SeededRunner::wait() {
  CHECK(!under_way_.empty());
  std::swap(under_way_[random_() % under_way_.size()], under_way_.back());
  auto [step, work] = std::move(under_way_.back());
  under_way_.pop_back();
  return {step, work()};
}

std::function<std::unique_ptr<Runner>(unsigned in_flight)> seeded(std::uint64_t seed) {
  return [seed](unsigned in_flight) { return std::make_unique<SeededRunner>(seed, in_flight); };
}

}  // namespace salvor::restore::testing
