#include "cli/activity.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace salvor::cli {
namespace {

std::vector<std::string> lines_of(const Json& job) {
  std::vector<std::string> lines;
  const Json& activity = member(job, "activity");
  if (!activity.is_array()) return lines;
  for (const Json& line : activity) {
    lines.push_back(line.is_string() ? line.get<std::string>() : compact(line));
  }
  return lines;
}

}  // namespace

std::vector<std::string> ActivityTail::take(const Json& job) {
  std::vector<std::string> lines = lines_of(job);
  std::size_t known = std::min(seen_, lines.size());
  // What follows the last line that was taken is new; it moves to the front when others give way.
  while (known > 0 && lines[known - 1] != last_) --known;
  // It gave way itself: the newest line is new in any case.
  if (known == 0 && seen_ > 0 && !lines.empty()) known = lines.size() - 1;
  seen_ = lines.size();
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(known));
  if (!lines.empty()) last_ = lines.back();
  return lines;
}

}  // namespace salvor::cli
