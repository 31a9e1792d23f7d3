// Reads what the planner needs out of one object. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include "archive/item.h"
#include "base/json.h"
#include "restore/item.h"
#include "restore/options.h"

namespace salvor::restore {

Item scan(const archive::ItemName& name, const Json& object, const Options& options);

}  // namespace salvor::restore
