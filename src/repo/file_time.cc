#include "repo/file_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace salvor::repo {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kFirst =
    sys_days(std::chrono::year(0) / 1 / 1).time_since_epoch().count() * kDay;
constexpr std::int64_t kLast =
    sys_days(std::chrono::year(9999) / 12 / 31).time_since_epoch().count() * kDay + kDay - 1;

// Reads fixed texts and numbers off the front; once something does not fit nothing does any more.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool is_fine() const { return is_fine_; }
  bool is_at_end() const { return is_fine_ && text_.empty(); }
  bool take(char c) {
    const bool is_there = !text_.empty() && text_.front() == c;
    if (is_there) text_.remove_prefix(1);
    return is_there;
  }
  void expect(char c) { is_fine_ = take(c) && is_fine_; }
  unsigned number(std::size_t digits) {
    unsigned value = 0;
    const std::string_view part = text_.substr(0, digits);
    const auto [end, problem] = std::from_chars(part.data(), part.data() + part.size(), value);
    is_fine_ = is_fine_ && part.size() == digits && problem == std::errc() &&
               end == part.data() + part.size();
    text_.remove_prefix(part.size());
    return value;
  }
  // Digits after a point, as billionths.
  std::uint32_t fraction() {
    std::uint32_t value = 0;
    std::size_t digits = 0;
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') {
      if (digits++ < 9) value = value * 10 + static_cast<std::uint32_t>(text_.front() - '0');
      text_.remove_prefix(1);
    }
    is_fine_ = is_fine_ && digits > 0;
    for (; digits < 9; ++digits) value *= 10;
    return value;
  }

 private:
  std::string_view text_;
  bool is_fine_ = true;
};

}  // namespace

std::string to_text(FileTime time) {
  const std::int64_t seconds = std::clamp(time.seconds, kFirst, kLast);
  const std::int64_t day = seconds / kDay - (seconds % kDay < 0 ? 1 : 0);
  const std::int64_t of_day = seconds - day * kDay;
  const year_month_day date{sys_days(days(day))};
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  of_day / 3600, of_day / 60 % 60, of_day % 60);
  if (time.nanoseconds != 0) {
    text += fmt::format(".{:09}", time.nanoseconds);
    text.resize(text.find_last_not_of('0') + 1);
  }
  return text + 'Z';
}

std::optional<FileTime> parse_file_time(std::string_view text) {
  Scanner scanner(text);
  const unsigned year = scanner.number(4);
  scanner.expect('-');
  const unsigned month = scanner.number(2);
  scanner.expect('-');
  const unsigned day = scanner.number(2);
  scanner.expect('T');
  const unsigned hour = scanner.number(2);
  scanner.expect(':');
  const unsigned minute = scanner.number(2);
  scanner.expect(':');
  const unsigned second = scanner.number(2);
  FileTime time;
  if (scanner.take('.')) time.nanoseconds = scanner.fraction();
  std::int64_t offset = 0;
  if (!scanner.take('Z')) {
    const int sign = scanner.take('-') ? -1 : 1;
    if (sign > 0) scanner.expect('+');
    offset = sign * std::int64_t{scanner.number(2)} * 3600;
    scanner.expect(':');
    offset += sign * std::int64_t{scanner.number(2)} * 60;
  }
  const year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                            std::chrono::day(day)};
  if (!scanner.is_at_end() || !date.ok() || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  time.seconds = sys_days(date).time_since_epoch().count() * kDay + hour * 3600 + minute * 60 +
                 second - offset;
  return time;
}

}  // namespace salvor::repo
