// A small shop in a fake cluster, a catalog that knows it, and a store: where backups are tested.
#pragma once

#include <memory>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "archive/item.h"
#include "backup/job.h"
#include "backup/testing/fake_job_run.h"
#include "kube/testing/fake_cluster.h"
#include "kube/testing/instant_clock.h"
#include "objectstore/store.h"
#include "objectstore/testing/folder.h"
#include "volume/testing/fake_snapshotter.h"

namespace salvor::backup::testing {

// As `times` of a fault: longer than anybody asks again.
inline constexpr unsigned kMoreThanAnyPatience = 1000;

inline const std::string kJobId = "5f80d0a8f281487d59c69fff";
inline const std::string kBackupId = "5f80d0a511556131dd9894e5";
inline const std::string kClusterId = "5f80d09ff281487d59c69f5b";

// An object with a name, a namespace unless it is "", and `more` members.
Json object(const std::string& api_version, const std::string& kind,
            const std::string& namespace_name, const std::string& name,
            const Json& more = Json::object());

// Names of items as "deployments.apps shop/web" or "persistentvolumes pv-1".
std::string text_of(const archive::ItemName& item);

class World {
 public:
  explicit World(const Json& source);

  // Namespaces shop and other, each with a claim, its volume and class, a service account and its
  // cluster role, a deployment with a priority class; a label app=web on some.
  void fill();

  // Runs the job; the end is not written.
  jobs::JobEnd run(FakeJobRun& run, objectstore::Store& store);
  // A run of the job, first or resumed.
  FakeJobRun job_run(FakeJobRun::Resumed resumed = FakeJobRun::Resumed::no);
  FakeJobRun job_run_stopped_by(std::stop_token stop);
  // Called before each request, after the storage has had its turn.
  void on_request(kube::RequestHook hook) {
    cluster.on_request(snapshotter.before(std::move(hook)));
  }
  // Runs and writes the end.
  jobs::JobEnd run_to_end(FakeJobRun& run);

  // What jobs are given to work with.
  Ports ports(objectstore::Store& into);
  // Runs a DELETE_BACKUP job and writes its end, unless it failed.
  jobs::JobEnd remove_point(const std::string& id);

  // The recovery points of a state.
  std::vector<catalog::Document> points(const std::string& state);
  std::vector<Json> rows(const std::string& resource);
  // The items in the archive of the one READY point, checked against its seal.
  std::set<std::string> archived();

  kube::InstantClock clock;
  Context context{clock, null_log(), {}, {}};
  kube::FakeCluster cluster{clock, {.kinds = volume::testing::kinds_with_snapshots()}};
  volume::testing::FakeSnapshotter snapshotter{cluster};
  std::unique_ptr<objectstore::Store> store;
  Json job = {{"type", "K8S_SNAP"},
              {"backupdef", kBackupId},
              {"cluster", kClusterId},
              {"retention", {{"retainDays", 7}}}};
  // What connecting comes to, when not to the cluster.
  std::optional<Error> connect_failure;

 private:
  objectstore::testing::ScratchFolder folder_;

 public:
  std::unique_ptr<catalog::Catalog> catalog;
};

}  // namespace salvor::backup::testing
