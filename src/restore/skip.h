// The skip predicates of the rule table, one small function each. Pure.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "restore/reason.h"
#include "restore/rules.h"

namespace salvor::restore {

// Whether a Secret's name is one that a token controller makes up for an account: the account's
// name, "-token-" or "-dockercfg-", and five letters or digits.
bool is_issued_name(const std::string& account, const std::string& name);

// What a predicate's row says, whether it holds or not.
Reason reason_for(Skip skip);
// The reason when the predicate holds for the object.
std::optional<Reason> skip_reason(Skip skip, const Json& object);

// The first reason of a row's predicates, the common row's first.
std::optional<Reason> skip_reason(const Rule& rule, const Json& object);

}  // namespace salvor::restore
