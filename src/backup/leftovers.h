// What jobs that ended badly left in a cluster for the data of volumes, because the cluster was out
// of reach when they ended.
#pragma once

#include "base/context.h"
#include "catalog/catalog.h"
#include "kube/api.h"

namespace salvor::backup {

// Removes snapshots of backups that failed or were cancelled, and what restores that have ended
// offered to claims, once these are bound. What belongs to jobs that the catalog does not know is
// another server's, and stays. Costs two requests when there is nothing.
Result<void> remove_leftovers(Context& context, catalog::Catalog& catalog, kube::Api& api);

}  // namespace salvor::backup
