// Spans of time as people and other programs write them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace salvor {

// "90s", "20m", "1h30m"; a number without a unit at the end is one of seconds, and nothing at all
// none. Nothing when it is no such text. A number has six digits at most.
std::optional<std::chrono::seconds> parse_time_span(std::string_view text);

}  // namespace salvor
