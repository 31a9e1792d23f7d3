// Modifiers that rewrite free texts as a plan suggests: text for a person to look at, and to take
// over into the restore. Pure.
#pragma once

#include <string>
#include <vector>

#include "restore/forecast.h"
#include "restore/plan.h"

namespace salvor::restore {

// `existing` with one more rule for each item with free texts, each of which applies only while the
// texts are as they were. Values of Secrets are left out, since modifiers are no place for them.
// "" when nothing is to be added, or when it would not fit: `bytes_max`, or an `existing` to which
// text cannot simply be added.
std::string suggested_modifiers(const std::string& existing, const Plan& plan,
                                const std::vector<Forecast>& forecasts, std::size_t bytes_max);

}  // namespace salvor::restore
