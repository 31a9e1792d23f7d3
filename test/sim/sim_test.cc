// Whole restores in random worlds; one seed is one world. choice.h says how to try one again.
#include <gtest/gtest.h>

#include "sim/checks.h"
#include "sim/choice.h"

namespace salvor::sim {
namespace {

constexpr std::uint64_t kWorlds = 100;

void expect_none(const Problems& problems, std::uint64_t seed, const std::string& story) {
  for (const std::string& problem : problems)
    ADD_FAILURE() << "seed " << seed << ", " << story << ": " << problem;
}

TEST(Simulation, EndsAsUndisturbedWhateverHappens) {
  for (std::uint64_t seed = choice().first; seed <= choice().last(kWorlds); ++seed) {
    Simulation simulation(seed, Size::usual);
    const auto expected = simulation.undisturbed();
    expect_none(broken_promises(simulation.bench(), *expected), seed, "undisturbed");

    const auto disturbed = simulation.disturbed();
    expect_none(broken_promises(simulation.bench(), *disturbed), seed, "disturbed");
    expect_none(differences(*expected->cluster, *disturbed->cluster), seed, "disturbed");
    EXPECT_EQ(simulation.bench().job(disturbed->job)["message"],
              simulation.bench().job(expected->job)["message"])
        << "seed " << seed;
    if (HasFailure()) return;
  }
}

TEST(Simulation, ReportsTheTruthWhenCancelled) {
  const std::uint64_t count = choice().worlds.value_or(kWorlds) / 3 + 1;
  for (std::uint64_t seed = choice().first; seed < choice().first + count; ++seed) {
    Simulation simulation(seed, Size::usual);
    const auto cancelled = simulation.cancelled();
    expect_none(broken_promises(simulation.bench(), *cancelled), seed, "cancelled");
    if (HasFailure()) return;
  }
}

TEST(Simulation, TakesBackWhatItDid) {
  for (std::uint64_t seed = choice().first; seed <= choice().last(kWorlds); ++seed) {
    Simulation simulation(seed, Size::usual);
    for (const auto meddling : {Simulation::Meddling::none, Simulation::Meddling::some}) {
      const auto stage = simulation.disturbed();
      const std::string undo = simulation.undo(*stage, meddling);
      const bool alone = meddling == Simulation::Meddling::none;
      expect_none(left_by_undo(simulation.bench(), *stage, undo), seed,
                  alone ? "undone" : "undone after others");
    }
    if (HasFailure()) return;
  }
}

TEST(Simulation, GoesOnAfterADeathAtEveryRequest) {
  for (std::uint64_t seed = choice().first; seed < choice().first + 3; ++seed) {
    Simulation simulation(seed, Size::small);
    const auto expected = simulation.undisturbed();
    for (std::size_t last = 0; last < expected->events; ++last) {
      const auto killed = simulation.killed_at(last);
      const std::string story = "killed at event " + std::to_string(last);
      expect_none(broken_promises(simulation.bench(), *killed), seed, story);
      expect_none(differences(*expected->cluster, *killed->cluster), seed, story);
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace salvor::sim
