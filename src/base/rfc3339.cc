#include "base/rfc3339.h"

#include <charconv>
#include <chrono>

namespace salvor {
namespace {

constexpr std::string_view kForm = "0000-00-00T00:00:00";

// Two or four digits at a place; nothing when they are no digits.
std::optional<int> number_at(std::string_view text, std::size_t place, std::size_t length) {
  int value = 0;
  if (place + length > text.size()) return std::nullopt;
  const char* const begin = text.data() + place;
  const auto [end, problem] = std::from_chars(begin, begin + length, value);
  if (problem != std::errc() || end != begin + length || *begin == '-') return std::nullopt;
  return value;
}

bool has_form(std::string_view text) {
  if (text.size() <= kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] != '0' && text[i] != kForm[i]) return false;
  }
  return true;
}

// Seconds east of UTC of "Z", "+01:00" or "+0100".
std::optional<int> offset_of(std::string_view text) {
  if (text == "Z") return 0;
  const bool is_long = text.size() == 6 && text[3] == ':';
  if ((!is_long && text.size() != 5) || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto hours = number_at(text, 1, 2);
  const auto minutes = number_at(text, is_long ? 4 : 3, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const int seconds = (*hours * 60 + *minutes) * 60;
  return text[0] == '-' ? -seconds : seconds;
}

std::string_view after_fraction(std::string_view text) {
  if (!text.starts_with('.')) return text;
  const std::size_t end = text.find_first_not_of("0123456789", 1);
  return end == std::string_view::npos || end == 1 ? std::string_view() : text.substr(end);
}

}  // namespace

std::optional<EpochSeconds> parse_rfc3339(std::string_view text) {
  if (!has_form(text)) return std::nullopt;
  const auto year = number_at(text, 0, 4);
  const auto month = number_at(text, 5, 2);
  const auto day = number_at(text, 8, 2);
  const auto hour = number_at(text, 11, 2);
  const auto minute = number_at(text, 14, 2);
  const auto second = number_at(text, 17, 2);
  const auto offset = offset_of(after_fraction(text.substr(kForm.size())));
  if (!year || !month || !day || !hour || !minute || !second || !offset) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const std::chrono::sys_seconds time = std::chrono::sys_days(date) + std::chrono::hours(*hour) +
                                        std::chrono::minutes(*minute) +
                                        std::chrono::seconds(*second - *offset);
  return time.time_since_epoch().count();
}

}  // namespace salvor
