#include "base/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include <nlohmann/json.hpp>

namespace salvor {
namespace {

// The depth of the text's brackets, strings left out, without building anything: a parser that
// builds values would already have used the stack.
bool deeper_than(std::string_view text, std::size_t limit) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > limit) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

void append_wire(std::string& out, const Json& value);

// Most names and texts need no escapes, and then no copy of the library's.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

void append_text(std::string& out, const std::string& text) {
  if (is_plain(text)) {
    out += '"';
    out += text;
    out += '"';
  } else {
    out += Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
  }
}

void append_wire_object(std::string& out, const Json& value) {
  out += '{';
  bool first = true;
  for (const auto& [key, item] : value.get_ref<const Json::object_t&>()) {
    if (!first) out += ", ";
    first = false;
    append_text(out, key);
    out += ": ";
    append_wire(out, item);
  }
  out += '}';
}

void append_wire_array(std::string& out, const Json& value) {
  out += '[';
  bool first = true;
  for (const Json& item : value) {
    if (!first) out += ", ";
    first = false;
    append_wire(out, item);
  }
  out += ']';
}

template <typename Integer>
void append_integer(std::string& out, Integer value) {
  std::array<char, std::numeric_limits<Integer>::digits10 + 2> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

// The library's own writer is set up anew for each value, which costs more than writing it.
void append_wire(std::string& out, const Json& value) {
  if (value.is_object()) {
    append_wire_object(out, value);
  } else if (value.is_array()) {
    append_wire_array(out, value);
  } else if (value.is_string()) {
    append_text(out, value.get_ref<const std::string&>());
  } else if (value.is_number_unsigned()) {
    append_integer(out, value.get<std::uint64_t>());
  } else if (value.is_number_integer()) {
    append_integer(out, value.get<std::int64_t>());
  } else if (value.is_boolean()) {
    out += value.get<bool>() ? "true" : "false";
  } else {
    out += value.dump(-1, ' ', true, Json::error_handler_t::replace);
  }
}

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    return error(ErrorCode::invalid,
                 "JSON text is longer than " + std::to_string(limits.bytes) + " bytes");
  }
  if (deeper_than(text, limits.depth)) {
    return error(ErrorCode::invalid,
                 "JSON text is nested deeper than " + std::to_string(limits.depth) + " levels");
  }
  // The one net for the library's exceptions on malformed text.
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const Json::parse_error& failure) {
    return error(ErrorCode::invalid, "not valid JSON near byte " + std::to_string(failure.byte));
  } catch (const Json::exception&) {
    return error(ErrorCode::invalid, "not valid JSON: a number is out of range");
  }
}

std::string compact(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string wire_json(const Json& value) {
  std::string out;
  append_wire(out, value);
  return out;
}

const Json& member(const Json& object, std::string_view name) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(name);
  return found == object.end() ? none : *found;
}

std::string text_at(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_string() ? value.get_ref<const std::string&>() : std::string();
}

}  // namespace salvor
