// What a person should know before a plan is run, apart from its items: a list of findings. Pure.
#pragma once

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

// By level, errors first. `forecasts` by step number.
std::vector<PlanCheck> check_preview(const Plan& plan, const std::vector<Forecast>& forecasts,
                                     const ClusterFacts& facts);

Json to_json(const std::vector<PlanCheck>& checks);

}  // namespace salvor::restore
