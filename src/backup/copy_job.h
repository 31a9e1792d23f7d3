// The K8S_COPY job: one run of a kubeoffloads definition, from a recovery point of snapshots to one
// of type COPY, whose objects and volumes lie in an object store and need nothing of the cluster.
#pragma once

#include <functional>
#include <string>

#include "backup/job.h"
#include "volume/copy_access.h"
#include "volume/movers.h"

namespace salvor::backup {

struct CopyPorts {
  Ports backup;
  volume::MoverPlace movers;
  // Opens the copies of a cluster in an object store, both by their ids. Fails with a message that
  // tells what to do.
  std::function<Result<volume::CopyAccess>(Context&, const std::string& object_store,
                                           const std::string& cluster)>
      open_copies;
};

// What it promises, whenever it dies: a COPY is READY only when its archive is whole and each of
// its volumes is in the repository or named as missing. A resumed job keeps its recovery point and
// the volumes that are done, and waits for the movers that run.
jobs::JobKind copy_kind(CopyPorts ports);

}  // namespace salvor::backup
