// The three kinds of patch, applied to one object, for the fake.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "kube/api.h"

namespace salvor::kube {

// The patched object. Fails with invalid (400 or 422) when the patch does not fit. The strategic
// kind knows the merge keys of the common lists (containers, ports, env, volumes, conditions …) and
// the $patch directives "delete" and "replace", not $setElementOrder and its like.
Result<Json> apply_patch(const ResourceType& type, const Json& object, PatchKind kind,
                         const Json& patch);

}  // namespace salvor::kube
