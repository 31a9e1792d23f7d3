// Reads what the planner needs out of one object. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include "archive/item.h"
#include "base/json.h"
#include "restore/item.h"
#include "restore/options.h"
#include "restore/rules.h"

namespace salvor::restore {

Item scan(const archive::ItemName& name, const Json& object, const Options& options);

// The kind that an object of this rule defines, if it defines one.
std::optional<DefinedKind> definition_in(const Rule& rule, const Json& object);

}  // namespace salvor::restore
