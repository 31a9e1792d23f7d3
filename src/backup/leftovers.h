// What jobs that ended badly left in a cluster for the data of volumes, because the cluster was out
// of reach when they ended.
#pragma once

#include "base/context.h"
#include "catalog/catalog.h"
#include "kube/api.h"
#include "volume/movers.h"

namespace salvor::backup {

// Removes snapshots of backups that failed or were cancelled, what restores that have ended offered
// to claims, once these are bound, what movers of jobs that have ended worked with, and sandboxes
// of drills that have ended. What belongs to jobs that the catalog does not know is another
// server's, and stays. Costs a few requests when there is nothing.
Result<void> remove_leftovers(Context& context, catalog::Catalog& catalog, kube::Api& api,
                              const volume::MoverPlace& movers);

}  // namespace salvor::backup
