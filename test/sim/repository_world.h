// A history of a repository, as a seed has it: programs that back up, restore, forget and prune at
// the same time, die, and find others' locks; and what must be true whatever they do.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "repo/lock.h"
#include "repo/snapshot.h"
#include "repo/testing/scene.h"
#include "sim/program.h"

namespace salvor::sim {

// Folders that share much of what is in them. They stay as they are.
class Folders {
 public:
  Folders();
  std::size_t count() const { return kCount; }
  std::string path(std::size_t number) const { return root_.path(std::to_string(number)); }
  // What is wrong with a restored folder; "": nothing.
  std::string difference(std::size_t number, const std::string& restored) const;

 private:
  static constexpr std::size_t kCount = 6;
  repo::testing::Folder root_;
  std::vector<std::map<std::string, std::string>> files_;  // their bytes, by path
};

// What came of a history, or of many.
struct History {
  std::vector<std::string> problems;
  std::map<std::string, std::size_t> counts;

  void add(const History& other);
};

class RepositoryWorld {
 public:
  RepositoryWorld(std::uint64_t seed, Flaw flaw, const Folders& folders);

  // Once. Everything ends, and what is finished then is looked at.
  History play();

 private:
  struct Worker {
    Worker(RepositoryWorld& world, std::string machine, const Disturbance& disturbance)
        : hostname(std::move(machine)), program(world.turns_, *world.store_, disturbance) {}
    const std::string hostname;
    Program program;
  };
  // One thing that a program is started for.
  struct Task {
    const char* name;
    std::size_t weight;
    std::optional<repo::LockKind> lock;
    Result<void> (RepositoryWorld::*work)(Context& context, const repo::Repository& repository);
  };
  static const std::vector<Task>& tasks();

  void live(Worker& worker);
  const Task& choose_task();
  Result<void> run(Worker& worker, const Task& task);
  void judge(const Worker& worker, const Task& task, const Result<void>& done);
  Result<void> back_up(Context& context, const repo::Repository& repository);
  Result<void> restore(Context& context, const repo::Repository& repository);
  Result<void> forget(Context& context, const repo::Repository& repository);
  Result<void> prune(Context& context, const repo::Repository& repository);
  Result<void> look_at_the_end();
  Result<void> expect_restored(Context& context, const repo::Repository& repository,
                               const repo::Snapshot& snapshot);
  void problem(std::string text) { history_.problems.push_back(std::move(text)); }

  const Folders& folders_;
  Turns turns_;
  std::unique_ptr<objectstore::Store> store_;
  History history_;
  std::set<repo::Id> finished_;         // snapshots
  std::set<repo::Id> maybe_forgotten_;  // of these
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace salvor::sim
