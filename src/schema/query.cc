#include "schema/query.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace salvor::schema {
namespace {

constexpr std::size_t kParameterBytesMax = 8192;
constexpr std::size_t kSortKeysMax = 16;
// Beyond any collection; keeps page * max_results within 64 bits.
constexpr std::uint64_t kPageMax = 1'000'000'000'000;

Error unreadable(const char* parameter) {
  return error(ErrorCode::invalid, std::string("Unable to parse `") + parameter + "` clause");
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

Result<Json> object_of(std::string_view text, const char* parameter) {
  Result<Json> parsed = parse_json(text, {.bytes = kParameterBytesMax, .depth = 4});
  if (!parsed.ok() || !parsed->is_object()) return unreadable(parameter);
  return parsed;
}

bool is_truthy(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number()) return value != 0;
  return value.is_string() ? !value.get_ref<const std::string&>().empty() : value.is_structured();
}

// --- sort
// ------------------------------------------------------------------------------------------

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_path_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '/' || c == '$';
}

bool is_path(std::string_view text) {
  return !text.empty() && is_letter(text[0]) &&
         std::all_of(text.begin(), text.end(), is_path_character);
}

Result<std::vector<Sort>> comma_sort(std::string_view text) {
  std::vector<Sort> keys;
  while (true) {
    const std::size_t comma = text.find(',');
    std::string_view part = trimmed(text.substr(0, comma));
    const bool is_descending = part.starts_with('-');
    if (is_descending) part.remove_prefix(1);
    if (!is_path(part)) return unreadable("sort");
    keys.push_back({std::string(part), is_descending});
    if (comma == std::string_view::npos) return keys;
    text.remove_prefix(comma + 1);
  }
}

// A Python literal of tuples and single quotes as JSON text; what is neither stays and fails later.
std::string python_to_json(std::string_view text) {
  std::string out;
  char quote = 0;
  for (const char c : text) {
    const bool is_quote = c == '"' || c == '\'';
    if (quote == 0 && is_quote) {
      quote = c;
      out += '"';
    } else if (quote != 0 && c == quote) {
      quote = 0;
      out += '"';
    } else if (quote == 0 && (c == '(' || c == ')')) {
      out += c == '(' ? '[' : ']';
    } else {
      out += c;
    }
  }
  return out;
}

Result<Sort> sort_pair(const nlohmann::ordered_json& name,
                       const nlohmann::ordered_json& direction) {
  if (!name.is_string() || !direction.is_number_integer()) return unreadable("sort");
  if (direction != 1 && direction != -1) return unreadable("sort");
  return Sort{name.get<std::string>(), direction == -1};
}

Result<std::vector<Sort>> literal_sort(std::string_view text) {
  // Keeps the order of a dict's keys, which is the order of the sort.
  const auto value = nlohmann::ordered_json::parse(python_to_json(text), nullptr, false);
  std::vector<Sort> keys;
  if (value.is_object()) {
    for (const auto& [name, direction] : value.items()) {
      TRY(Sort key, sort_pair(name, direction));
      keys.push_back(std::move(key));
    }
    return keys;
  }
  if (!value.is_array()) return unreadable("sort");
  for (const auto& pair : value) {
    if (!pair.is_array() || pair.size() != 2) return unreadable("sort");
    TRY(Sort key, sort_pair(pair[0], pair[1]));
    keys.push_back(std::move(key));
  }
  return keys;
}

// --- projection
// ------------------------------------------------------------------------------------

// The part of a value below each of the paths, or what is left without it. At an object the whole
// path is tried as one key first, as in filters.
Json only(const Json& value, const std::vector<std::string_view>& paths);
Json without(const Json& value, const std::vector<std::string_view>& paths);

struct Below {
  bool whole = false;                   // a path ends at this key
  std::vector<std::string_view> paths;  // the others, from below this key on
};

Below below(std::string_view key, const std::vector<std::string_view>& paths) {
  Below found;
  for (const std::string_view path : paths) {
    if (path == key) found.whole = true;
    if (path.size() > key.size() && path.starts_with(key) && path[key.size()] == '.') {
      found.paths.push_back(path.substr(key.size() + 1));
    }
  }
  return found;
}

Json only(const Json& value, const std::vector<std::string_view>& paths) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value) {
      if (item.is_structured()) out.push_back(only(item, paths));
    }
    return out;
  }
  Json out = Json::object();
  for (const auto& [key, item] : value.items()) {
    const Below here = below(key, paths);
    if (here.whole) {
      out[key] = item;
    } else if (!here.paths.empty() && item.is_structured()) {
      out[key] = only(item, here.paths);
    }
  }
  return out;
}

Json without(const Json& value, const std::vector<std::string_view>& paths) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value) {
      out.push_back(item.is_structured() ? without(item, paths) : item);
    }
    return out;
  }
  Json out = Json::object();
  for (const auto& [key, item] : value.items()) {
    const Below here = below(key, paths);
    if (here.whole) continue;
    out[key] = here.paths.empty() || !item.is_structured() ? item : without(item, here.paths);
  }
  return out;
}

}  // namespace

Result<std::vector<Sort>> parse_sort(const Resource& resource, std::string_view text) {
  text = trimmed(text);
  if (text.empty() || text == "None") return std::vector<Sort>();
  if (text.size() > kParameterBytesMax) return unreadable("sort");
  const bool is_literal = text[0] == '[' || text[0] == '{' || text[0] == '(';
  TRY(std::vector<Sort> keys, is_literal ? literal_sort(text) : comma_sort(text));
  if (keys.size() > kSortKeysMax) return unreadable("sort");
  std::erase_if(keys, [&](const Sort& key) { return locate(resource, key.field).is_hidden; });
  return keys;
}

Projection::Projection(bool is_inclusive, std::vector<std::string> paths)
    : shows_all_(false), is_inclusive_(is_inclusive), paths_(std::move(paths)) {}

bool Projection::shows(std::string_view field) const {
  if (shows_all_ || is_meta_field(field)) return true;
  const Below here = below(field, {paths_.begin(), paths_.end()});
  return is_inclusive_ ? here.whole || !here.paths.empty() : !here.whole;
}

Json Projection::apply(const Json& document) const {
  if (shows_all_ || !document.is_object()) return document;
  const std::vector<std::string_view> paths(paths_.begin(), paths_.end());
  Json out = is_inclusive_ ? only(document, paths) : without(document, paths);
  for (const std::string_view name : kMetaFields) {
    if (const auto found = document.find(name); found != document.end()) {
      out[std::string(name)] = *found;
    }
  }
  return out;
}

Result<Projection> parse_projection(std::string_view text) {
  if (trimmed(text).empty()) return Projection();
  TRY(const Json object, object_of(text, "projection"));
  std::vector<std::string> included;
  std::vector<std::string> excluded;
  for (const auto& [path, value] : object.items()) {
    (is_truthy(value) ? included : excluded).push_back(path);
  }
  if (!included.empty()) return Projection(true, std::move(included));
  if (!excluded.empty()) return Projection(false, std::move(excluded));
  return Projection();
}

Result<std::vector<std::string>> parse_embedded(std::string_view text) {
  std::vector<std::string> paths;
  if (trimmed(text).empty()) return paths;
  TRY(const Json object, object_of(text, "embedded"));
  for (const auto& [path, value] : object.items()) {
    if (value == 1 || value == true) paths.push_back(path);
  }
  return paths;
}

std::uint64_t parse_page(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  std::uint64_t page = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, page);
  if (stop != end || (failure != std::errc() && failure != std::errc::result_out_of_range))
    return 1;
  if (failure == std::errc::result_out_of_range) return kPageMax;
  return std::clamp<std::uint64_t>(page, 1, kPageMax);
}

std::uint64_t parse_max_results(const Resource& resource, std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  const bool is_number = stop == end && failure == std::errc() && std::isfinite(number);
  if (!is_number || number < 1) return resource.page_size;
  return number >= static_cast<double>(kPageSizeMax) ? kPageSizeMax
                                                     : static_cast<std::uint64_t>(number);
}

}  // namespace salvor::schema
