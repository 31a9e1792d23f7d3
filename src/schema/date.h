// Dates as the API writes them.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace salvor::schema {

// Reads "Fri, 09 Oct 2020 21:05:44 GMT" and nothing else; the inverse of base/clock.h rfc1123().
// The day's name must be a day's name but need not be the right one.
std::optional<EpochSeconds> parse_rfc1123(std::string_view text);

}  // namespace salvor::schema
