// How long the recovery point of a run is kept: a flag of the commands that run backups and copies.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "cli/command.h"

namespace salvor::cli {

Option keep_option();

// The API's retention. Fails with a usage error when the flag is no number of days.
Result<Json> retention_of(const Arguments& arguments);

}  // namespace salvor::cli
