// Restores of a world's backup: undisturbed, and disturbed by faults of the cluster, by strangers,
// by deaths of the process at any request or write, and by people who cancel.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "kube/testing/fake_cluster.h"
#include "restore/testing/bench.h"
#include "sim/random_world.h"

namespace salvor::sim {

// One cluster into which the backup is restored by one job.
struct Stage {
  std::unique_ptr<kube::FakeCluster> cluster;
  std::string job;
  std::vector<Json> before;       // what was there when the job began
  std::set<std::string> written;  // "configmaps a-shop/x" of each write that reached the cluster
  std::vector<std::string> removals;  // only what is to be made anew may go
  std::size_t events = 0;             // requests and writes of all processes
  std::set<std::string> meddled;      // what somebody changed after the restore
};

class Simulation {
 public:
  Simulation(std::uint64_t seed, Size size);

  // A restore that nothing disturbs but the world's own strangers.
  std::unique_ptr<Stage> undisturbed();
  // Dies before event `last` of its first process and goes on in a second.
  std::unique_ptr<Stage> killed_at(std::size_t last);
  // Faults and up to four deaths, as the seed says.
  std::unique_ptr<Stage> disturbed();
  // Takes the stage's restore back, with faults and deaths; the undo's job. Somebody changes some
  // of what the restore made first, when `meddles`.
  enum class Meddling { none, some };
  std::string undo(Stage& stage, Meddling meddling);
  // The same, and cancelled at some point.
  std::unique_ptr<Stage> cancelled();

  restore::testing::Bench& bench() { return bench_; }

 private:
  std::unique_ptr<Stage> set_up();
  void add_faults(Stage& stage);
  void run(Stage& stage, const std::string& job, restore::testing::Life& life);
  void meddle(Stage& stage);

  Chance chance_;
  const World world_;
  restore::testing::Bench bench_;
  const std::string restore_;
};

}  // namespace salvor::sim
