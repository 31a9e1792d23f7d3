#include "cli/csv.h"

#include <nlohmann/json.hpp>

namespace salvor::cli {
namespace {

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += c;
    out += c;
  }
  return out + '"';
}

std::string cell(const Json& value) {
  if (value.is_null()) return {};
  return quoted(value.is_string() ? value.get<std::string>() : compact(value));
}

}  // namespace

std::string csv_text(const schema::Resource& resource, const std::vector<Json>& documents) {
  std::vector<std::string> names = {"_id"};
  for (const schema::Field& field : resource.fields) {
    if (!field.traits.has(schema::internal)) names.push_back(field.name);
  }
  std::string text;
  const auto end_line = [&text] { text.replace(text.size() - 1, 1, "\r\n"); };
  for (const std::string& name : names) text += quoted(name) + ",";
  end_line();
  for (const Json& document : documents) {
    for (const std::string& name : names) text += cell(member(document, name)) + ",";
    end_line();
  }
  return text;
}

}  // namespace salvor::cli
