// Strategic merge patches as `kubectl patch` has them, for the lists whose merge keys are known:
// https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/ .
// Lists of others are replaced, as those of custom resources always are. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/result.h"

namespace salvor::restore {

// Understands `$patch` (replace, delete, merge) and `$deleteFromPrimitiveList/…`; the directives
// `$setElementOrder/…` and `$retainKeys`, which only order or prune, are left out. Fails with
// invalid when an element of such a list lacks its key.
Result<Json> strategic_merge(const Json& object, const Json& patch);

}  // namespace salvor::restore
