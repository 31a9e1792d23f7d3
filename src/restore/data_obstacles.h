// Where a claim's data comes from, and whether a target can make its volume from that. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "restore/claim_data.h"
#include "restore/facts.h"
#include "restore/item.h"
#include "restore/options.h"

namespace salvor::restore {

// "snapshot H of driver D", for people.
std::string source_of(const ClaimData& data);

struct DataObstacle {
  Reason reason = Reason::planned;
  std::string message;
};

// Why it cannot, if it cannot. `is_made`: whether the plan makes the object of that name in the
// backup.
std::optional<DataObstacle> obstacle_to(const ClaimData& data, const Item& claim,
                                        const ClusterFacts& facts, const Options& options,
                                        const std::function<bool(const ObjectName&)>& is_made);

}  // namespace salvor::restore
