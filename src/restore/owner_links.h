// Links each step to the steps of its owners, so that a dependant gets the new uid of its owner
// when it is made: an owner's uid that means nothing would get it deleted by the garbage collector
// (Kubernetes documentation, "Garbage Collection"; issue 4707 of Velero is about what is lost
// without). Owners that own each other are linked afterwards, and so are those of namespaces and of
// definitions. Pure.
#pragma once

#include <vector>

#include "restore/item.h"
#include "restore/plan.h"

namespace salvor::restore {

// Requires: steps are numbered by their place; `owners` are empty. Fills `owners` and adds to
// `needs`.
void link_owners(const std::vector<Item>& items, std::vector<Step>& steps);

}  // namespace salvor::restore
