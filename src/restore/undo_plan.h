// Which steps take a restore back, and in which order. Pure.
#pragma once

#include <set>
#include <vector>

#include "restore/outcome.h"
#include "restore/plan.h"

namespace salvor::restore {

struct UndoPlan {
  Plan plan;
  std::vector<StepNumber> originals;  // by step number: the restore's step that it takes back
};

// Objects that the restore made are removed, in the opposite order; then those that it changed or
// deleted are put back, in its own order, since they may own each other; then namespaces and
// definitions go, if nothing is left in them. `outcomes` are the restore's, `journaled` its steps
// with a prior state. What it left alone gets no step. The same from the same, always.
UndoPlan make_undo_plan(const Plan& done, const std::vector<Outcome>& outcomes,
                        const std::set<StepNumber>& journaled);

// Why a step of an undo is there, for its row.
std::string_view why_undone(Action action);

}  // namespace salvor::restore
