// The simulator's program. One seed is one world; what goes wrong prints its seed, and the world
// can be tried again:
//
//   sim_test --seed=4711          or SALVOR_SIM_SEED=4711 sim_test
//   sim_test --worlds=5000        a longer run, from the first seed on
#include <gtest/gtest.h>

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "sim/checks.h"

namespace salvor::sim {
namespace {

struct Choice {
  std::uint64_t first = 1;
  std::uint64_t worlds = 100;
};

Choice& choice() {
  static Choice chosen;
  return chosen;
}

void expect_none(const Problems& problems, std::uint64_t seed, const std::string& story) {
  for (const std::string& problem : problems)
    ADD_FAILURE() << "seed " << seed << ", " << story << ": " << problem;
}

TEST(Simulation, EndsAsUndisturbedWhateverHappens) {
  for (std::uint64_t seed = choice().first; seed < choice().first + choice().worlds; ++seed) {
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
  for (std::uint64_t seed = choice().first; seed < choice().first + choice().worlds / 3 + 1;
       ++seed) {
    Simulation simulation(seed, Size::usual);
    const auto cancelled = simulation.cancelled();
    expect_none(broken_promises(simulation.bench(), *cancelled), seed, "cancelled");
    if (HasFailure()) return;
  }
}

TEST(Simulation, TakesBackWhatItDid) {
  for (std::uint64_t seed = choice().first; seed < choice().first + choice().worlds; ++seed) {
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

// Returns whether the word was one of ours.
bool take_option(std::string_view word, std::string_view name, std::uint64_t& value) {
  if (!word.starts_with(name)) return false;
  word.remove_prefix(name.size());
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
  return problem == std::errc() && end == word.data() + word.size();
}

void take_choice(int count, char** words) {
  if (const char* seed = std::getenv("SALVOR_SIM_SEED")) {
    if (take_option(seed, "", choice().first)) choice().worlds = 1;
  }
  for (int i = 1; i < count; ++i) {
    if (take_option(words[i], "--seed=", choice().first)) choice().worlds = 1;
    take_option(words[i], "--worlds=", choice().worlds);
  }
}

}  // namespace
}  // namespace salvor::sim

int main(int count, char** words) {
  testing::InitGoogleTest(&count, words);
  salvor::sim::take_choice(count, words);
  return RUN_ALL_TESTS();
}
