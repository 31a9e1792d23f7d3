// Whether a target can make a claim's volume from its snapshot. Pure.
#pragma once

#include <functional>
#include <string>

#include "restore/facts.h"
#include "restore/item.h"
#include "restore/options.h"
#include "volume/snapshot_removal.h"

namespace salvor::restore {

// Why it cannot, or "". `is_made`: whether the plan makes the object of that name in the backup.
std::string obstacle_to(const volume::StoredSnapshot& snapshot, const Item& claim,
                        const ClusterFacts& facts, const Options& options,
                        const std::function<bool(const ObjectName&)>& is_made);

}  // namespace salvor::restore
