// The objects of a recovery point, unpacked for one restore: bodies in scratch files, what the
// planner needs in memory.
#pragma once

#include <string>
#include <vector>

#include "archive/spool.h"
#include "archive/writer.h"
#include "base/context.h"
#include "objectstore/store.h"
#include "restore/item.h"
#include "restore/options.h"
#include "restore/plan.h"

namespace salvor::restore {

struct Inventory {
  archive::Spool spool;
  archive::Spool copies;  // in other versions
  std::vector<Item> items;

  // The compact JSON of a step's item, in the version of the step's type. Any thread.
  // Requires: the step has an item.
  Result<std::string> body(const Step& step) const;
};

// Reads the whole archive and checks it against its seal before it returns. Fails with corrupt,
// not_found or exhausted (the scratch disk).
Result<Inventory> unpack(Context& context, objectstore::Store& store,
                         const archive::ArchiveSeal& seal, const Options& options,
                         const std::string& scratch_folder);

}  // namespace salvor::restore
