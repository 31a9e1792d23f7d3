// Does what an order says: moves a folder's data to a repository, or back.
#pragma once

#include "base/context.h"
#include "mover/order.h"
#include "mover/report.h"
#include "objectstore/counted.h"
#include "repo/progress.h"

namespace salvor::mover {

// How far it is, for whoever shows it meanwhile.
struct Movement {
  repo::Progress progress{};
  objectstore::Traffic traffic{};
};

// The report's failure tells whether it was done. Holds the repository's lock meanwhile, and gives
// it back also when the context is stopped. Requires: one process at a time has the folder.
Report work(Context& context, const Order& order, Movement& movement);

}  // namespace salvor::mover
