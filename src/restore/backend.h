// Whether what an object hands requests to is up: an aggregated API whose Service has no ready
// endpoint breaks discovery for the whole cluster.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "base/context.h"
#include "base/json.h"
#include "kube/api.h"

namespace salvor::restore {

// The Service that lacks a ready endpoint, "shop/backend"; none when there is one, or the object
// (an APIService) names no Service. Fails as the API does.
Result<std::optional<std::string>> missing_backend(Context& context, kube::Api& api,
                                                   const Json& object);

}  // namespace salvor::restore
