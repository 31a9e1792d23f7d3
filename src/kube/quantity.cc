#include "kube/quantity.h"

#include <charconv>
#include <cmath>

namespace salvor::kube {
namespace {

struct Suffix {
  std::string_view text;
  double factor;
};
constexpr Suffix kSuffixes[] = {
    {"", 1},
    {"n", 1e-9},
    {"u", 1e-6},
    {"m", 1e-3},
    {"k", 1e3},
    {"M", 1e6},
    {"G", 1e9},
    {"T", 1e12},
    {"P", 1e15},
    {"E", 1e18},
    {"Ki", 1024.0},
    {"Mi", 1048576.0},
    {"Gi", 1073741824.0},
    {"Ti", 1099511627776.0},
    {"Pi", 1125899906842624.0},
    {"Ei", 1152921504606846976.0},
};

// Above it not every whole number is a double, and no volume has more bytes.
constexpr double kMost = 9e18;

}  // namespace

std::optional<std::uint64_t> parse_quantity(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  // "1E" is an exa, not an exponent without digits: from_chars stops before it.
  const auto [rest, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc() || !std::isfinite(number) || number < 0) return std::nullopt;
  const std::string_view suffix(rest, static_cast<std::size_t>(end - rest));
  for (const Suffix& row : kSuffixes) {
    if (row.text != suffix) continue;
    const double value = std::ceil(number * row.factor);
    if (value > kMost) return std::nullopt;
    return static_cast<std::uint64_t>(value);
  }
  return std::nullopt;
}

}  // namespace salvor::kube
