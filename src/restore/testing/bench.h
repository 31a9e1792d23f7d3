// Where whole restores are tried out: a catalog, a store with backups, and jobs that are run as the
// engine runs them, on a lease, but by the calling thread and only as long as a Life allows.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "catalog/catalog.h"
#include "catalog/testing/folder.h"
#include "jobs/lease_run.h"
#include "kube/testing/fake_cluster.h"
#include "kube/testing/instant_clock.h"
#include "objectstore/store.h"
#include "restore/job.h"
#include "restore/testing/mortal.h"
#include "schema/filter.h"
#include "volume/testing/fake_copies.h"

namespace salvor::restore::testing {

class Bench {
 public:
  Bench();

  // A READY recovery point of these objects, in this order; its id.
  std::string add_point(const std::vector<Json>& objects);
  // What the catalog says of a claim of the point; `fields` besides its names.
  void add_claim_row(const std::string& point, const std::string& namespace_name,
                     const std::string& name, const Json& fields);
  // A definition with these fields besides; its id. Without a selection it takes everything.
  std::string add_restore(const std::string& point, const Json& fields = Json::object());
  // A job that nobody has begun; its id.
  std::string add_job(const std::string& restore, const Json& fields = Json::object());
  // A job that takes a restore's job back; its id.
  std::string add_undo(const std::string& undone);
  // All three: the job's id.
  std::string add(const std::vector<Json>& objects, const Json& restore = Json::object());

  // How one process goes about a job.
  struct Process {
    Life* life = nullptr;    // null: it does not die
    std::uint64_t seed = 1;  // of the order in which steps end
    unsigned in_flight = 4;
    Patience patience = {};
    // Called before the job's kind begins, with what can stop it.
    std::function<void(jobs::LeaseRun&)> before = {};
  };
  // Runs a job, or goes on with it, and writes its end, if the process lives to see it.
  jobs::JobEnd run(const std::string& job, kube::Api& cluster, const Process& process);
  jobs::JobEnd run(const std::string& job, kube::Api& cluster) { return run(job, cluster, {}); }

  Json job(const std::string& id);
  // The rows of a job in the order of its plan.
  std::vector<Json> rows(const std::string& job);
  // What a RESTORE_PLAN job left: the document, and its items in order.
  Json plan(const std::string& job);
  std::vector<Json> plan_rows(const std::string& job);
  // The rows of a job's volumes, by claim's name.
  std::map<std::string, Json> volumes(const std::string& job);
  // The one row of that kind and source name.
  Json row(const std::string& job, const std::string& kind, const std::string& source_name);
  void set_job(const std::string& id, const Json& fields);
  void set_point(const std::string& id, const Json& fields);
  // Makes it a COPY whose objects are a snapshot of the repository; nothing of it stays in the
  // store.
  void move_to_repository(const std::string& point);

  kube::InstantClock clock;
  Context context{clock, null_log(), {}, {}};
  catalog::Folder folder;
  const Sealer sealer{std::string(32, 'k')};
  std::unique_ptr<objectstore::Store> store;
  std::unique_ptr<catalog::Catalog> catalog;
  volume::MoverPlace movers;  // of all that is run from now on
  volume::testing::FakeCopies copies;

 private:
  std::string insert(const std::string& resource, const Json& body);
  std::vector<Json> documents(const char* resource, schema::Filter filter);

  std::uint64_t points_ = 0;
  std::uint64_t clusters_ = 0;
};

}  // namespace salvor::restore::testing
