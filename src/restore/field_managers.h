// Who wrote an object, by its managed fields. Pure.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace salvor::restore {

std::string uid_of(const Json& object);
bool is_managed_by(const Json& object, const std::string& manager);

// Whether an object sets no field besides its name: the API server then notes no manager.
bool says_nothing(const Json& object);
// Whether `manager` made the live object. One that says nothing, as `wanted` does, is taken for its
// work when it is younger than the resource version `since`.
bool is_made_by(const Json& live, const std::string& manager, const Json& wanted,
                const std::string& since);

// Managers that wrote more than a status, besides `manager` with its own changes and the control
// plane's own controllers.
std::vector<std::string> foreign_writers(const Json& object, const std::string& manager);

}  // namespace salvor::restore
