// What must hold after a restore, however it went. Each check returns what is wrong, one line a
// fault.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/simulation.h"

namespace salvor::sim {

using Problems = std::vector<std::string>;

// The cluster's objects by "kind namespace/name", without what differs between equal ends: ids,
// versions, times, addresses, who wrote; owners by name instead of uid.
std::map<std::string, Json> essence_of(const kube::FakeCluster& cluster);

// Differences between two ends of the same restore.
Problems differences(const kube::FakeCluster& expected, const kube::FakeCluster& actual);

// The job has ended; there is one row for each item of its plan, and each tells the truth; nothing
// but what the rows say was written; nothing is left fenced; nothing was ever removed.
Problems broken_promises(restore::testing::Bench& bench, const Stage& stage);

// Differences between what was there before the restore and what is there after its undo, but for
// what the undo's rows name: changed by others, or holding what others made.
Problems left_by_undo(restore::testing::Bench& bench, const Stage& stage, const std::string& undo);

}  // namespace salvor::sim
