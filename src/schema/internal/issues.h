// Issues of a document, nested as Eve nests them.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace salvor::schema {

// Steps from the document to a value: field names, map keys (dots and all), list indexes.
using Path = std::vector<std::string>;

// Adds one text at a path. One text stands alone, several make an array.
void add_issue_at(Json& issues, const Path& path, const std::string& text);

}  // namespace salvor::schema
