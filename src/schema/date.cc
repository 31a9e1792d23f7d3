#include "schema/date.h"

#include <array>
#include <chrono>

namespace salvor::schema {
namespace {

constexpr std::string_view kForm = "Fri, 09 Oct 2020 21:05:44 GMT";
constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

template <std::size_t size>
std::optional<unsigned> index_of(const std::array<std::string_view, size>& names,
                                 std::string_view name) {
  for (unsigned i = 0; i < size; ++i) {
    if (names[i] == name) return i;
  }
  return std::nullopt;
}

std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// Whether the fixed parts of the form are where they belong.
bool has_form(std::string_view text) {
  return text.size() == kForm.size() && text.substr(3, 2) == ", " && text[7] == ' ' &&
         text[11] == ' ' && text[16] == ' ' && text[19] == ':' && text[22] == ':' &&
         text.substr(25) == " GMT" && index_of(kDays, text.substr(0, 3)).has_value();
}

}  // namespace

std::optional<EpochSeconds> parse_rfc1123(std::string_view text) {
  if (!has_form(text)) return std::nullopt;
  const auto day = digits(text.substr(5, 2));
  const auto month = index_of(kMonths, text.substr(8, 3));
  const auto year = digits(text.substr(12, 4));
  const auto hour = digits(text.substr(17, 2));
  const auto minute = digits(text.substr(20, 2));
  const auto second = digits(text.substr(23, 2));
  if (!day || !month || !year || !hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month + 1),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const std::chrono::sys_seconds time = std::chrono::sys_days(date) + std::chrono::hours(*hour) +
                                        std::chrono::minutes(*minute) +
                                        std::chrono::seconds(*second);
  return time.time_since_epoch().count();
}

}  // namespace salvor::schema
