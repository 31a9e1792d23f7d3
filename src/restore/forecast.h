// What will come of each step of a plan, foretold from the cluster as it is: the same decisions
// that the executor takes, without a write. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/cautions.h"
#include "restore/demands.h"
#include "restore/facts.h"
#include "restore/field_changes.h"
#include "restore/free_text.h"
#include "restore/placement.h"
#include "restore/plan.h"
#include "restore/reason.h"
#include "restore/render.h"

namespace salvor::restore {

struct Forecast {
  Reason reason = Reason::created;
  std::string message;
  std::string unpredictable;          // why it may come otherwise; "" when it will not
  std::vector<FieldChange> rewrites;  // the backup's object to what is written
  std::vector<FieldChange> diff;      // the target's object to what it will be; none when made new
  std::vector<FreeText> free_texts;   // that name old namespaces; they stay as they are
  // Of an object that is made new.
  Demand demand;
  std::vector<std::string> hosts;
  std::string driver;  // of a storage class, or a static volume
  std::optional<Placement> placement;
  std::vector<FoundCaution> cautions;
  std::string change_digest;  // of old and new values in the target's object; "": none
};

// `original` is the object in the backup, `live` the target's of that name or null.
Forecast foretell(const Step& step, const Json& original, const Json& live,
                  const ClusterFacts& facts, const RenderContext& context);

// What needs a step that will fail will not be done either. `forecasts` by step number.
void spread_failures(const Plan& plan, std::vector<Forecast>& forecasts);

}  // namespace salvor::restore
