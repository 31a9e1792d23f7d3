#include "base/time_span.h"

#include <charconv>

namespace salvor {
namespace {

constexpr std::size_t kDigitsMax = 6;

std::optional<std::chrono::seconds> unit_of(char letter) {
  switch (letter) {
    case 'h':
      return std::chrono::hours(1);
    case 'm':
      return std::chrono::minutes(1);
    case 's':
      return std::chrono::seconds(1);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<std::chrono::seconds> parse_time_span(std::string_view text) {
  std::chrono::seconds sum{0};
  while (!text.empty()) {
    int number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, failure] = std::from_chars(text.data(), end, number);
    const auto digits = static_cast<std::size_t>(rest - text.data());
    if (failure != std::errc() || number < 0 || text[0] == '-' || digits > kDigitsMax) return {};
    const bool is_last = rest == end;
    const auto unit = is_last ? std::chrono::seconds(1) : unit_of(*rest);
    if (!unit) return std::nullopt;
    sum += number * *unit;
    text.remove_prefix(digits + (is_last ? 0 : 1));
  }
  return sum;
}

}  // namespace salvor
