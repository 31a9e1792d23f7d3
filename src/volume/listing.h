// All objects of a kind that a selector matches, as values. For few and small objects.
#pragma once

#include <vector>

#include "base/context.h"
#include "kube/api.h"

namespace salvor::volume {

// Fails as Api::list does, after it was asked again; with not_found when the kind is not served.
Result<std::vector<Json>> list_all(Context& context, kube::Api& api, const kube::ResourceType& type,
                                   kube::ListOptions options);

}  // namespace salvor::volume
