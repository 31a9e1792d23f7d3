#include "cli/keep_days.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "cli/exit_code.h"

namespace salvor::cli {

Option keep_option() {
  return {.name = "keep-days",
          .value = "N",
          .doc = "How long to keep the recovery point of this run (default: 7)"};
}

Result<Json> retention_of(const Arguments& arguments) {
  const std::string text = arguments.text("keep-days", "7");
  int days = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), days);
  if (failure != std::errc() || rest != text.data() + text.size() || days < 1) {
    return usage_error("'" + text + "' is not a number of days");
  }
  return Json{{"retainDays", days}};
}

}  // namespace salvor::cli
