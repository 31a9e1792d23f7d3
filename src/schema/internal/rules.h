// The rules of a value beside its type: bounds, allowed values, patterns.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "schema/field.h"

namespace salvor::schema {

// Eve's texts of the rules that a value of the right type breaks; containers' members left out.
std::vector<std::string> broken_rules(const Shape& shape, const Json& value);

}  // namespace salvor::schema
