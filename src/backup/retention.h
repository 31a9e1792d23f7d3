// How long recovery points are kept, and the end of those whose time is over.
#pragma once

#include "base/context.h"
#include "base/json.h"
#include "base/result.h"
#include "catalog/catalog.h"

namespace salvor::backup {

// When the recovery point that this job makes may be removed, if the job ends at that time; 0: only
// somebody's wish removes it.
EpochSeconds expiry_of(const Json& job, EpochSeconds end_time);

// Orders a DELETE_BACKUP job for each recovery point whose time is over; how many. Spared are those
// that a job works with now, and the newest of a definition, as many as the `numAlwaysRetain` of
// the point says. A removal that failed is ordered again after an hour. Made again at any moment it
// orders nothing twice.
Result<std::size_t> order_removals(Context& context, catalog::Catalog& catalog);

}  // namespace salvor::backup
