#include "cli/yaml.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <nlohmann/json.hpp>

namespace salvor::cli {
namespace {

// A plain scalar as YAML's core schema reads it (YAML 1.2, 10.3.2); anything else is a string.
Json plain_scalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return {};
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  const char* end = text.data() + text.size();
  std::int64_t integer = 0;
  const auto whole = std::from_chars(text.data(), end, integer);
  if (whole.ec == std::errc() && whole.ptr == end) return integer;
  double number = 0;
  const auto real = std::from_chars(text.data(), end, number);
  const bool begins_as_number = text.find_first_of("0123456789") <= 2 &&
                                text.find_first_not_of("0123456789+-.eE") == std::string::npos;
  if (begins_as_number && real.ec == std::errc() && real.ptr == end) return number;
  return text;
}

Json to_json(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null:
      return {};
    case YAML::NodeType::Scalar:
      // "!" is the tag that yaml-cpp gives to quoted scalars.
      return node.Tag() == "!" ? Json(node.Scalar()) : plain_scalar(node.Scalar());
    case YAML::NodeType::Sequence: {
      Json list = Json::array();
      for (const YAML::Node& item : node) list.push_back(to_json(item));
      return list;
    }
    case YAML::NodeType::Map: {
      Json map = Json::object();
      for (const auto& entry : node) map[entry.first.Scalar()] = to_json(entry.second);
      return map;
    }
  }
  check_failed("a known kind of YAML node", __FILE__, __LINE__);
}

// yaml-cpp writes the string "true" or "12" without quotes, which would come back as another type.
bool needs_quotes(const std::string& text) {
  if (!plain_scalar(text).is_string()) return true;
  const auto is_odd = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  return std::any_of(text.begin(), text.end(), is_odd);
}

bool is_block_of_lines(const std::string& text) {
  if (text.find('\n') == std::string::npos || text.front() == ' ' || text.front() == '\n') {
    return false;
  }
  // A literal block of yaml-cpp keeps exactly one line end, and no tabs or control characters.
  if (text.back() != '\n' || (text.size() > 1 && text[text.size() - 2] == '\n')) return false;
  const auto is_odd = [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; };
  return std::none_of(text.begin(), text.end(), is_odd);
}

void emit_string(YAML::Emitter& out, const std::string& text) {
  if (!text.empty() && is_block_of_lines(text)) {
    out << YAML::Literal << text;
  } else if (needs_quotes(text)) {
    out << YAML::DoubleQuoted << text;
  } else {
    out << text;
  }
}

void emit(YAML::Emitter& out, const Json& value) {
  if (value.is_object()) {
    out << YAML::BeginMap;
    for (const auto& [key, item] : value.items()) {
      out << YAML::Key;
      emit_string(out, key);
      out << YAML::Value;
      emit(out, item);
    }
    out << YAML::EndMap;
  } else if (value.is_array()) {
    out << YAML::BeginSeq;
    for (const Json& item : value) emit(out, item);
    out << YAML::EndSeq;
  } else if (value.is_string()) {
    emit_string(out, value.get_ref<const std::string&>());
  } else if (value.is_null()) {
    out << YAML::Null;
  } else {
    out << value.dump();
  }
}

}  // namespace

Result<Json> parse_yaml(const std::string& text) {
  // The one net for yaml-cpp's exceptions on malformed text.
  try {
    return to_json(YAML::Load(text));
  } catch (const YAML::Exception& failure) {
    return error(
        ErrorCode::invalid,
        "not valid YAML in line " + std::to_string(failure.mark.line + 1) + ": " + failure.msg);
  }
}

std::string to_yaml(const Json& value) {
  YAML::Emitter out;
  emit(out, value);
  std::string text = out.c_str();
  if (!text.ends_with('\n')) text += '\n';  // a literal block at the end brings its own
  return text;
}

}  // namespace salvor::cli
