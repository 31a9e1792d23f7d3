// The objects of a recovery point, unpacked for one restore: bodies in scratch files, what the
// planner needs in memory.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "archive/reader.h"
#include "archive/spool.h"
#include "base/context.h"
#include "restore/item.h"
#include "restore/options.h"
#include "restore/plan.h"

namespace salvor::restore {

struct Inventory {
  archive::Spool spool;
  archive::Spool copies;    // in other versions
  std::vector<Item> items;  // by number
  // Of items that have copies: their numbers in `copies`, by version.
  std::map<std::size_t, std::map<std::string, std::size_t>> copy_numbers;

  // Frees what only the planner needs.
  void forget_items() { std::vector<Item>().swap(items); }
};

// The object that a step is about, in the version of the step's type: as it is in the backup, or a
// bare namespace when the backup has none, or nothing for a step that deletes. Fails with corrupt.
// Any thread.
Result<Json> object_of(const Step& step, const Inventory& inventory);

// Reads all objects and checks them against their seal before it returns. Fails with corrupt,
// not_found or exhausted (the scratch disk).
Result<Inventory> unpack(Context& context, const archive::Source& source,
                         const archive::ArchiveSeal& seal, const Options& options,
                         const std::string& scratch_folder);

}  // namespace salvor::restore
