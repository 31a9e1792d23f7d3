// YAML as JSON values, for small foreign files.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/result.h"

namespace salvor::kube {

// The first document. Plain true, false and null keep their meaning, all other scalars are strings.
// Fails with invalid for what is no YAML, is larger or deeper than the limits, or has aliases,
// with which a few lines can stand for gigabytes.
Result<Json> parse_yaml(std::string_view text, const JsonLimits& limits);

// The same with plain numbers as numbers, and where each mapping begins, for messages.
struct YamlDocument {
  Json value;
  std::map<std::string, int> lines;  // JSON pointer of a mapping -> its first line, from 1
};
Result<YamlDocument> parse_yaml_document(std::string_view text, const JsonLimits& limits);

}  // namespace salvor::kube
