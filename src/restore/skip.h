// The skip predicates of the rule table, one small function each. Pure.
#pragma once

#include <optional>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/reason.h"
#include "restore/rules.h"

namespace salvor::restore {

// The reason when the predicate holds for the object.
std::optional<Reason> skip_reason(Skip skip, const Json& object);

// The first reason of a row's predicates, the common row's first.
std::optional<Reason> skip_reason(const Rule& rule, const Json& object);

}  // namespace salvor::restore
