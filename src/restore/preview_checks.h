// What a person should know before a plan is run, apart from its items: a list of findings. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "restore/facts.h"
#include "restore/forecast.h"
#include "restore/plan.h"

namespace salvor::restore {

struct PlanCheck {
  enum class Level { warning, error };  // an error means that items will fail
  Level level = Level::warning;
  std::string check;  // "access", "versions", …: docs/restore-plan.md lists them
  std::string subject;
  std::string message;
  std::string hint;
};

// The classes and roles that the plan's items name and the plan does not bring, with the number of
// items: names as the target will have them.
std::map<ObjectName, std::size_t> needs_outside(const Plan& plan, const std::vector<Item>& items,
                                                const Options& options);

// By level, errors first. `forecasts` by step number. `named` are the needs outside the plan,
// `missing` those of them that the target does not have.
std::vector<PlanCheck> check_preview(const Plan& plan, const std::vector<Forecast>& forecasts,
                                     const ClusterFacts& facts,
                                     const std::map<ObjectName, std::size_t>& named,
                                     const std::map<ObjectName, std::size_t>& missing);

Json to_json(const std::vector<PlanCheck>& checks);

}  // namespace salvor::restore
