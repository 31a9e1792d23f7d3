// The Job controller, a kubelet and movers of a fake cluster: each Job of the movers gets a pod,
// which runs for some rounds and ends with a report. Claims without a source get a volume, and
// volumes are deleted with their claims where their policy says so.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "volume/testing/fake_snapshotter.h"

namespace salvor::volume::testing {

class FakeMovers {
 public:
  // Acts in the rounds of the snapshotter's hook, before it.
  FakeMovers(kube::FakeCluster& cluster, FakeSnapshotter& snapshotter);

  // A hook that has both do their rounds.
  kube::RequestHook before(kube::RequestHook hook);

  // What a mover with that order reports; by default that it is done.
  std::function<Json(const Json& order)> report;
  unsigned rounds_until_done = 2;
  // Why pods do not start, such as "ErrImagePull"; "": they do.
  std::string obstacle;
  // How the names of the Jobs end that it is in the way of.
  std::string obstacle_at;
  // Orders of the movers that came to their end, in that order.
  std::vector<Json> done;

 private:
  void do_round();
  void see_to_job(const Json& job);
  void see_to_claim(const Json& claim);
  void let_go(const Json& claim);
  void end(const Json& job, Json pod);
  std::vector<Json> all(const std::string& kind) const;

  kube::FakeCluster& cluster_;
  FakeSnapshotter& snapshotter_;
  std::map<std::string, unsigned> rounds_;  // by uid of a Job
  bool is_reacting_ = false;
};

}  // namespace salvor::volume::testing
