// What a backup's object has more than the one that is there, as a merge patch. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace salvor::restore {

// Labels, annotations, list entries and other members that `live` lacks; nothing that it has is
// changed, and lists are joined.
// Null when there is nothing to add. The patch carries live's resourceVersion, so it fails with a
// conflict when somebody wrote meanwhile.
Json additions(const Json& wanted, const Json& live);

}  // namespace salvor::restore
