// The K8S_SNAP job: one run of a kubebackups definition, from the cluster to a recovery point.
#pragma once

#include <functional>
#include <memory>

#include "base/context.h"
#include "catalog/catalog.h"
#include "jobs/engine.h"
#include "kube/api.h"
#include "objectstore/store.h"

namespace salvor::backup {

struct Ports {
  catalog::Catalog& catalog;
  objectstore::Store& store;
  // A client for a kubeclusters document (its fields and "_id"). Fails with a message that tells
  // what to do.
  std::function<Result<std::unique_ptr<kube::Api>>(Context&, const Json& cluster)> connect;
  // Where data movers work: their orders hold secrets, and nothing there is the cluster's.
  std::string own_namespace = {};
  // Of the storage, for one snapshot or the removal of all.
  Duration snapshots_gone_within{std::chrono::minutes(2)};
};

// What it promises, whenever it dies: a recovery point is READY only when its archive is whole,
// which one transaction says together with the end of the job. Each attempt writes an archive of
// its own name, so one that lost its lease cannot harm the next; a resumed job begins anew and
// first removes what earlier attempts left, in the store, in the catalog and in the cluster.
jobs::JobKind backup_kind(Ports ports);

// The same as a part of another job, whose document names backupdef and cluster. The changes of the
// end make the recovery point READY.
jobs::JobEnd run_backup(const Ports& ports, jobs::JobRun& run);

}  // namespace salvor::backup
