// Runs a plan: takes the steps that are ready, hands them to the runner, notes each outcome in the
// ledger. Decides nothing that the plan could have decided.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/context.h"
#include "restore/actor.h"
#include "restore/outcome.h"
#include "restore/plan.h"
#include "restore/runner.h"
#include "restore/step_loop.h"

namespace salvor::restore {

// The object that a step is about (inventory.h, object_of). Called from any thread.
using ObjectSource = std::function<Result<Json>(const Step& step)>;

struct ExecutePorts {
  Actor& actor;
  Runner& runner;
  ObjectSource objects;
  OutcomeSink& sink;
  std::size_t long_at_once = 4;  // of steps that take long (plan.h)
};

// `outcomes` by step number: those that are not open stay as they are (skipped by the plan, or of
// an earlier run). When the context is stopped, no step begins any more, the running ones end, and
// it fails with cancelled; fences then stay, for the run that goes on or for wrap_up(). Fails else
// only with the sink's error. What was done is noted in every case but the last.
Result<std::vector<Outcome>> execute(Context& context, const Plan& plan,
                                     std::vector<Outcome> outcomes, ExecutePorts ports);

// For a restore that ends before its plan does: finds what earlier runs wrote without noting it,
// and ends all fences. Begins no step. Fails only with the sink's error; what cannot be reached
// within the context's deadline stays open, or says that it is fenced.
Result<std::vector<Outcome>> wrap_up(Context& context, const Plan& plan,
                                     std::vector<Outcome> outcomes, ExecutePorts ports);

// An open outcome of a step that could not be looked for after a stop: it may have been done.
Outcome not_looked_for(const Error& failure);

}  // namespace salvor::restore
