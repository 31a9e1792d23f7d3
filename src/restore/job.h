// The RESTORE job: archive → inventory → plan → saved → executed → reported. What was saved is all
// that a later run needs; a run that is cancelled, or that cannot go on, wraps up from there: it
// notes what was made, ends the fences and reports every item.
#pragma once

#include <functional>
#include <memory>

#include "base/seal.h"
#include "catalog/catalog.h"
#include "jobs/engine.h"
#include "kube/api.h"
#include "objectstore/store.h"
#include "restore/actor.h"
#include "restore/runner.h"
#include "volume/copy_access.h"
#include "volume/movers.h"

namespace salvor::restore {

struct Ports {
  catalog::Catalog& catalog;
  objectstore::Store& store;
  const Sealer& sealer;  // of what restores change, in the catalog
  // A client for a kubeclusters document. Fails with a message that tells what to do.
  std::function<Result<std::unique_ptr<kube::Api>>(Context&, const Json& cluster)> connect;
  std::string scratch_folder;  // for the unpacked backup, while the job runs
  unsigned in_flight = 1;      // writes to one API server at once; half of them may fill volumes
  Patience patience;
  // What runs the steps; a simulation brings its own.
  std::function<std::unique_ptr<Runner>(unsigned in_flight)> make_runner = make_pool_runner;
  // How data comes back from copies: where its movers run, and what opens the copies of a cluster
  // in an object store, both by their ids.
  volume::MoverPlace movers = {};
  std::function<Result<volume::CopyAccess>(Context&, const std::string& object_store,
                                           const std::string& cluster)>
      open_copies = {};
};

// The end of a job that got nowhere: cancelled when it was stopped, else failed, with the reason.
jobs::JobEnd end_with(const Error& failure);

jobs::JobKind restore_kind(Ports ports);

// The same as part of a job of another kind. The run's document names the `cluster` and carries the
// definition as `restore`; the rows and marks are the job's. Fails when it could not begin, and
// when another run goes on.
Result<jobs::JobEnd> run_restore(const Ports& ports, jobs::JobRun& run);

}  // namespace salvor::restore
