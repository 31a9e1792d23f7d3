// One seed, one world: what a backup holds, what its target has already, and what is asked for.
#pragma once

#include <cstdint>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "sim/chance.h"

namespace salvor::sim {

struct World {
  std::vector<Json> backup;    // in the archive's order
  std::vector<Json> present;   // in the target before the restore
  std::vector<Json> arriving;  // made by somebody else just before the restore would
  Json restore;                // fields of its definition
};

enum class Size { small, usual };

// Everything in it is something that a cluster could hold, though some of it is refused by the
// target. Namespaces share kinds, names and needs; objects own each other, in circles too.
World make_world(std::uint64_t seed, Size size);

}  // namespace salvor::sim
