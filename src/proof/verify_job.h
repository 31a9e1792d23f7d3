// The job VERIFY: reads all that a restore of a recovery point would need, and changes nothing of
// it. docs/verify.md tells what it finds.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/signing_key.h"
#include "catalog/catalog.h"
#include "jobs/engine.h"
#include "kube/api.h"
#include "objectstore/store.h"
#include "volume/copy_access.h"
#include "volume/movers.h"

namespace salvor::proof {

struct Ports {
  catalog::Catalog& catalog;
  objectstore::Store& store;  // of SNAPSHOT recovery points' archives
  // A client for a kubeclusters document (its fields and "_id").
  std::function<Result<std::unique_ptr<kube::Api>>(Context&, const Json& cluster)> connect;
  // Opens the copies of a cluster in an object store, both by their ids.
  std::function<Result<volume::CopyAccess>(Context&, const std::string& object_store,
                                           const std::string& cluster)>
      open_copies;
  volume::MoverPlace movers;
  // What signs the evidence; made when it is first asked for. Called by several jobs at once.
  std::function<Result<SigningKey>()> evidence_key;
};

// What it promises: a verdict is written only when everything was looked at. What cannot be reached
// makes the job FAILED, and what was known of the recovery point stays. A resumed job keeps the
// copies' volumes that it has read.
jobs::JobKind verify_kind(Ports ports);

}  // namespace salvor::proof
