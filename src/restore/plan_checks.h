// Checks of a request as a whole, before there is a plan. Pure.
#pragma once

#include "base/result.h"
#include "restore/facts.h"
#include "restore/options.h"
#include "restore/selection.h"

namespace salvor::restore {

Result<void> check_request(const Selected& selected, const ClusterFacts& facts,
                           const Options& options);

}  // namespace salvor::restore
