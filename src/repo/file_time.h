// Times of files, to the nanosecond, as a repository's JSON has them.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace salvor::repo {

struct FileTime {
  std::int64_t seconds = 0;       // since 1970-01-01 UTC
  std::uint32_t nanoseconds = 0;  // below a billion

  auto operator<=>(const FileTime&) const = default;
};

// "2026-11-28T09:00:00.5Z": RFC 3339 in UTC, with as many digits as it needs. Years before 0 and
// after 9999 become those.
std::string to_text(FileTime time);

// RFC 3339 with any offset. Nothing when it is no such time.
std::optional<FileTime> parse_file_time(std::string_view text);

}  // namespace salvor::repo
