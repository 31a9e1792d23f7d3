#include "schema/internal/issues.h"

#include <nlohmann/json.hpp>

#include "schema/validate.h"

namespace salvor::schema {

void add_issue_at(Json& issues, const Path& path, const std::string& text) {
  Json* place = &issues;
  for (const std::string& step : path) {
    // A text about the whole gives way to issues of its members: they say more.
    if (!place->is_object()) *place = Json::object();
    place = &(*place)[step];
  }
  if (place->is_null()) {
    *place = text;
  } else if (place->is_string()) {
    *place = Json::array({*place, text});
  } else if (place->is_array()) {
    place->push_back(text);
  }
}

void add_issue(Json& issues, std::string_view path, const std::string& text) {
  Path steps;
  while (true) {
    const std::size_t dot = path.find('.');
    steps.emplace_back(path.substr(0, dot));
    if (dot == std::string_view::npos) break;
    path.remove_prefix(dot + 1);
  }
  add_issue_at(issues, steps, text);
}

std::string not_unique_text(const Json& value) {
  const std::string shown = value.is_string() ? value.get<std::string>() : compact(value);
  return "value '" + shown + "' is not unique";
}

std::string missing_reference_text(const Reference& reference) {
  return "value '" + reference.id + "' must exist in resource '" + reference.resource +
         "', field '_id'.";
}

}  // namespace salvor::schema
