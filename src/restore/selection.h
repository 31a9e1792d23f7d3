// Which items of a backup a restore wants. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "restore/item.h"
#include "restore/options.h"

namespace salvor::restore {

struct Selected {
  std::vector<bool> items;    // by Item::number
  std::vector<bool> as_need;  // of them: only because another needs it
  std::set<std::string>
      namespaces;  // source namespaces that hold a chosen object, or are chosen whole
  std::vector<std::size_t> missing;  // indices of Options::items that the backup does not have
};

// Namespaced objects by namespace, labels, type and name; of the others, unless the options say
// which, everything when the whole backup is wanted, else only what the chosen ones need:
// definitions of custom kinds, classes, volumes, roles, and the bindings that give rights to
// accounts of the chosen namespaces.
Selected select(const std::vector<Item>& items, const Options& options);

}  // namespace salvor::restore
