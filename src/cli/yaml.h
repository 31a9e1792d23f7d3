// YAML in and out as JSON values. The only file that knows yaml-cpp.
#pragma once

#include <string>

#include "base/json.h"

namespace salvor::cli {

// The first document of the text; plain scalars get their type by YAML's core schema, quoted ones
// are strings. An empty text is null. Fails with invalid, naming the line.
Result<Json> parse_yaml(const std::string& text);

// Block style, keys sorted, with a newline at the end. parse_yaml() gives the same value back.
std::string to_yaml(const Json& value);

}  // namespace salvor::cli
