// JSON as values. Objects keep their keys sorted, so equal documents have equal texts.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace salvor {

using Json = nlohmann::json;

// What foreign text may be at most. Deeper nesting would cost stack wherever a value is walked.
struct JsonLimits {
  std::size_t bytes = std::size_t{64} << 20;
  std::size_t depth = 100;
};

// Strict JSON (RFC 8259), UTF-8. Fails with invalid, naming the byte where it went wrong; of a
// repeated key the last one wins. Never throws, never recurses deeper than the limit.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

// The shortest text of a value. Bytes that are not UTF-8 become U+FFFD.
std::string compact(const Json& value);

// The wire form of the API: ASCII only, ", " and ": " between parts, as Eve sends it.
std::string wire_json(const Json& value);

// Member `name` when `object` is an object that has it, else a null value that outlives the call.
const Json& member(const Json& object, std::string_view name);
// The string at `name`, or "" when there is none.
std::string text_at(const Json& object, std::string_view name);

}  // namespace salvor
