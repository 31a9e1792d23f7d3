// The job DRILL: restores a recovery point into sandboxes, looks whether all of it is there, as it
// was, and comes to life, and removes all of it again. docs/drill.md tells what it finds.
#pragma once

#include <functional>
#include <memory>

#include "base/signing_key.h"
#include "catalog/catalog.h"
#include "jobs/engine.h"
#include "kube/api.h"
#include "volume/movers.h"

namespace salvor::proof {

// A part of the job that another room does, on a run whose document names the `cluster` and carries
// a restore's definition as `restore`. Fails when it could not begin, and when another run goes on.
using Stage = std::function<Result<jobs::JobEnd>(jobs::JobRun&)>;

struct DrillPorts {
  catalog::Catalog& catalog;
  // A client for a kubeclusters document (its fields and "_id").
  std::function<Result<std::unique_ptr<kube::Api>>(Context&, const Json& cluster)> connect;
  volume::MoverPlace movers;
  // What signs the evidence; made when it is first asked for. Called by several jobs at once.
  std::function<Result<SigningKey>()> evidence_key;
  Stage restore;  // leaves rows of kuberestoreitems with the job's id
  Stage plan;     // leaves rows of kuberestoreplanitems with the job's id as their plan's
};

// What it promises: nothing cluster-scoped is made or changed but the sandboxes and what stands for
// their volumes; nothing runs before its sandbox is closed; all is removed whatever comes, by a
// resumed run or by the cluster's monitor where this one cannot. A verdict is noted before the
// removal begins, and only when everything was looked at.
jobs::JobKind drill_kind(DrillPorts ports);

}  // namespace salvor::proof
