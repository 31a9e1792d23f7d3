#include "cli/output.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/yaml.h"

namespace salvor::cli {

const std::vector<std::string>& format_names() {
  static const std::vector<std::string> names = {"table", "wide", "json", "yaml", "csv", "name"};
  return names;
}

Format format_of(const std::string& name) {
  const auto& names = format_names();
  const auto found = std::find(names.begin(), names.end(), name);
  CHECK(found != names.end());
  return static_cast<Format>(found - names.begin());
}

bool is_for_programs(Format format) { return format != Format::table && format != Format::wide; }

std::string document_text(const Json& value, Format format) {
  CHECK(format == Format::json || format == Format::yaml);
  if (format == Format::yaml) return to_yaml(value);
  return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace salvor::cli
