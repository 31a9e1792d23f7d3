// The snapshot controller, a CSI driver with its snapshotter, and the binder of claims, for a fake
// cluster: they act before each request, and one round later again, as long as something changes.
#pragma once

#include <map>
#include <set>
#include <string>

#include "kube/testing/fake_cluster.h"

namespace salvor::volume::testing {

inline constexpr const char* kDriver = "hostpath.csi.k8s.io";

// default_kinds() and those of the snapshot API.
std::vector<kube::FakeKind> kinds_with_snapshots();

// Takes the cluster's request hook. One thread at a time; must outlive all requests.
class FakeSnapshotter {
 public:
  explicit FakeSnapshotter(kube::FakeCluster& cluster);

  // Does what is left to do when no further request comes.
  void settle() {
    for (int round = 0; round < 3; ++round) do_round();
  }
  // A hook that does its round before `hook`, for a test that has one of its own.
  kube::RequestHook before(kube::RequestHook hook);

  // A VolumeSnapshotClass of kDriver, with this deletionPolicy.
  void add_class(const std::string& name, const std::string& policy = "Delete");

  // Handles that the storage holds.
  std::set<std::string> stored;
  // How many rounds a snapshot takes until it is ready.
  unsigned rounds_until_ready = 2;
  // Of claims: what their snapshots fail with, for ever.
  std::map<std::string, std::string> failures;
  // Claims that get no volume yet: they wait for their first pod.
  std::set<std::string> unbound;
  // Whether the snapshotter is at work at all.
  bool is_running = true;
  // Snapshots that were made and deleted.
  unsigned made = 0;
  unsigned deleted = 0;

 private:
  void react();
  void do_round();
  void see_to_snapshot(const Json& snapshot);
  void take(const Json& snapshot, const std::string& claim);
  void bind(const Json& snapshot, const std::string& content_name);
  void see_to_content(const Json& content);
  void see_to_claim(const Json& claim);
  std::vector<Json> all(const std::string& kind) const;

  kube::FakeCluster& cluster_;
  std::map<std::string, unsigned> rounds_;  // by uid of a VolumeSnapshot
  bool is_reacting_ = false;
};

}  // namespace salvor::volume::testing
