// Documents as people or programs want to read them.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace salvor::cli {

enum class Format { table, wide, json, yaml, csv, name };

// The names of --output.
const std::vector<std::string>& format_names();
// Requires: one of format_names().
Format format_of(const std::string& name);

// Whether the format is for programs: nothing but the documents may be written then.
bool is_for_programs(Format format);

// The value as JSON with an indent of 2, or as YAML. Requires: format is json or yaml.
std::string document_text(const Json& value, Format format);

}  // namespace salvor::cli
