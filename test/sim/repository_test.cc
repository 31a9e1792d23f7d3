// A model of a repository and all who use it at once: whatever they do and whenever they die, no
// snapshot loses anything. A seed chooses who calls the store next, who dies and how time passes.
// Files are named by hashes of random bytes, and what goes in the order of names goes in another
// one each time: a seed that has failed may have to be tried more than once (--seed=N, again).
#include <gtest/gtest.h>

#include <iostream>

#include "sim/choice.h"
#include "sim/repository_world.h"

namespace salvor::sim {
namespace {

constexpr std::uint64_t kWorlds = 300;
constexpr std::uint64_t kWorldsUntilSeen = 1000;

const Folders& folders() {
  static const Folders all;
  return all;
}

// The first seed whose history shows the flaw; 0: none does.
std::uint64_t first_seen(Flaw flaw) {
  for (std::uint64_t seed = 1; seed <= kWorldsUntilSeen; ++seed) {
    if (!RepositoryWorld(seed, flaw, folders()).play().problems.empty()) return seed;
  }
  return 0;
}

TEST(RepositoryModel, LosesNothingWhoeverWorksBesideWhom) {
  History all;
  for (std::uint64_t seed = choice().first; seed <= choice().last(kWorlds); ++seed) {
    const History history = RepositoryWorld(seed, Flaw::none, folders()).play();
    for (const std::string& problem : history.problems)
      ADD_FAILURE() << "seed " << seed << ": " << problem;
    all.add(history);
    if (HasFailure()) return;
  }
  for (const auto& [name, count] : all.counts) std::cout << name << " " << count << "\n";
}

TEST(RepositoryModel, SeesThatLocksAreNeeded) { EXPECT_NE(first_seen(Flaw::unseen_locks), 0U); }

TEST(RepositoryModel, SeesThatLocksAreToBeKept) { EXPECT_NE(first_seen(Flaw::unkept_locks), 0U); }

}  // namespace
}  // namespace salvor::sim
