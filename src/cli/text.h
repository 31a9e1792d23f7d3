// Text as a terminal shows it. What comes from a server or a cluster may hold anything, so nothing
// is printed on a terminal before visible() has seen it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace salvor::cli {

// The text without what would move the cursor or change colours: each control character becomes a
// blank, each byte that is not UTF-8 a '?'.
std::string visible(std::string_view text);

// How many columns a visible() text takes; one for each code point.
std::size_t columns_of(std::string_view text);

// At most `columns` columns, the last one "…" when something was cut. Requires: columns > 0.
std::string shortened(std::string_view text, std::size_t columns);

// "12,345"
std::string grouped(std::int64_t number);
// "1 item", "2 items"; irregular plurals are handed in.
std::string counted(std::int64_t number, const std::string& one, const std::string& many = {});
// "47s", "3m12s", "5h03m", "12d": two units at most.
std::string short_duration(std::int64_t seconds);
// "1.5 GiB"
std::string byte_size(std::int64_t bytes);
// The time of an RFC 1123 date ("Fri, 09 Oct 2020 21:05:44 GMT"), or 0 for any other text.
EpochSeconds rfc1123_seconds(const std::string& text);

// Both parts of "name=value". Fails with a usage error that shows the form.
struct Pair {
  std::string name;
  std::string value;
};
Result<Pair> split_pair(const std::string& text, const std::string& form);

// A time span such as "90", "90s", "15m", "2h", "1d" in seconds. Fails with a usage error.
Result<std::int64_t> parse_duration(const std::string& text);

}  // namespace salvor::cli
