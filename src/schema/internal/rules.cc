#include "schema/internal/rules.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace salvor::schema {
namespace {

// Characters as people count them: Eve bounds code points, not bytes.
std::int64_t code_points(const std::string& text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

void check_string(const Shape& shape, const std::string& text, std::vector<std::string>& out) {
  const std::int64_t length = code_points(text);
  if (shape.least && length < *shape.least) {
    out.push_back("min length is " + std::to_string(*shape.least));
  }
  if (shape.most && length > *shape.most) {
    out.push_back("max length is " + std::to_string(*shape.most));
  }
  if (!shape.most && text.size() > static_cast<std::size_t>(kStringLengthMax)) {
    out.push_back("max length is " + std::to_string(kStringLengthMax));
  }
  if (shape.pattern.regex != nullptr && !shape.pattern.matches(text)) {
    out.push_back("value does not match regex '" + std::string(shape.pattern.regex) + "'");
  }
  const auto& allowed = shape.allowed;
  if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), text) == allowed.end()) {
    out.push_back("unallowed value " + text);
  }
  // No database and no C library keeps what comes after it.
  if (text.find('\0') != std::string::npos) out.push_back("null characters are not allowed");
}

void check_number(const Shape& shape, const Json& value, std::vector<std::string>& out) {
  if (shape.least && value < *shape.least) {
    out.push_back("min value is " + std::to_string(*shape.least));
  }
  if (shape.most && value > *shape.most) {
    out.push_back("max value is " + std::to_string(*shape.most));
  }
}

void check_size(const Shape& shape, std::size_t size, std::int64_t most,
                std::vector<std::string>& out) {
  const auto count = static_cast<std::int64_t>(size);
  if (shape.least && count < *shape.least) {
    out.push_back("min length is " + std::to_string(*shape.least));
  }
  if (count > shape.most.value_or(most)) {
    out.push_back("max length is " + std::to_string(shape.most.value_or(most)));
  }
}

}  // namespace

std::vector<std::string> broken_rules(const Shape& shape, const Json& value) {
  std::vector<std::string> out;
  switch (shape.type) {
    case Type::string:
      check_string(shape, value.get_ref<const std::string&>(), out);
      break;
    case Type::integer:
    case Type::number:
      check_number(shape, value, out);
      break;
    case Type::list:
      check_size(shape, value.size(), kListLengthMax, out);
      break;
    case Type::map:
      check_size(shape, value.size(), kMapEntriesMax, out);
      break;
    case Type::boolean:
    case Type::reference:
    case Type::dict:
    case Type::any:
      break;
  }
  return out;
}

}  // namespace salvor::schema
