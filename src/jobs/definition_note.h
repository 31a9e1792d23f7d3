// A backup's definition shows its last runs. This is how they follow their jobs.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "base/context.h"
#include "catalog/catalog.h"

namespace salvor::jobs {

// The change that brings the state and message of a job into the definition that it runs; nothing
// when it runs none, or one that is gone. The change does not touch the definition's etag.
std::optional<catalog::Change> note_in_definition(Context& context, catalog::Catalog& catalog,
                                                  const std::string& job_id, const Json& job);

}  // namespace salvor::jobs
