// A cluster with two claims whose storage has snapshots, on a clock on which waiting takes no time.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kube/testing/fake_cluster.h"
#include "kube/testing/instant_clock.h"
#include "volume/marks.h"
#include "volume/snapshot_taker.h"
#include "volume/testing/fake_snapshotter.h"

namespace salvor::volume::testing {

class StorageWorld : public ::testing::Test {
 protected:
  StorageWorld() {
    add_claim("data");
    add_claim("logs");
    snapshotter.add_class("fast");
  }

  void add_claim(const std::string& name) {
    cluster.seed({{"apiVersion", "v1"},
                  {"kind", "PersistentVolumeClaim"},
                  {"metadata", {{"name", name}, {"namespace", "shop"}}},
                  {"spec", {{"volumeName", "pv-" + name}}},
                  {"status", {{"phase", "Bound"}}}});
  }

  Result<std::vector<TakenSnapshot>> take(const std::vector<ClaimToTake>& claims) {
    const auto note = [this](const TakeProgress& now) -> Result<void> {
      progress.push_back(now);
      return {};
    };
    return take_snapshots(context, cluster, claims, {.job_id = kJob, .recovery_point_id = kPoint},
                          note);
  }

  std::size_t count(const std::string& kind) const {
    std::size_t found = 0;
    for (const Json& object : cluster.everything()) found += object["kind"] == kind ? 1 : 0;
    return found;
  }
  std::size_t snapshots() const { return count("VolumeSnapshot"); }
  std::size_t contents() const { return count("VolumeSnapshotContent"); }

  static constexpr const char* kJob = "5f80d0a8f281487d59c69fff";
  static constexpr const char* kPoint = "5f835618ceeabae22999d468";
  const std::vector<ClaimToTake> both = {{"shop", "data", kDriver}, {"shop", "logs", kDriver}};
  const Mark point{MarkedBy::recovery_point, kPoint};
  const Mark job{MarkedBy::job, kJob};

  kube::InstantClock clock;
  Context context{clock, null_log(), {}, {}};
  kube::FakeCluster cluster{clock, {.kinds = kinds_with_snapshots()}};
  FakeSnapshotter snapshotter{cluster};
  std::vector<TakeProgress> progress;
};

}  // namespace salvor::volume::testing
