// Single values as clients send them, made into the type that is declared.
#pragma once

#include <optional>

#include "base/json.h"
#include "schema/field.h"

namespace salvor::schema {

// The value in the shape's type, or nothing when it is of another: booleans from "true", "0", 1;
// integers from numeric strings and whole floats; ids in lower case. Containers are only checked.
std::optional<Json> coerced(const Shape& shape, const Json& value);

}  // namespace salvor::schema
