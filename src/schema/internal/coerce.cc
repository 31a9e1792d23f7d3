#include "schema/internal/coerce.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/random.h"

namespace salvor::schema {
namespace {

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// The number that the whole text is.
template <typename Number>
std::optional<Number> parsed(const std::string& text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<Json> as_boolean(const Json& value) {
  if (value.is_boolean()) return value;
  if (value.is_number_integer()) {
    if (value == 1) return Json(true);
    if (value == 0) return Json(false);
  }
  if (!value.is_string()) return std::nullopt;
  const std::string text = lower_case(value.get<std::string>());
  if (text == "true" || text == "1") return Json(true);
  if (text == "false" || text == "0") return Json(false);
  return std::nullopt;
}

std::optional<Json> as_integer(const Json& value) {
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(kMax)) return std::nullopt;
    return value;
  }
  if (value.is_number_integer()) return value;
  if (value.is_number_float()) {
    const double number = value.get<double>();
    // 2^63 as a double; everything whole below it in size fits.
    if (std::trunc(number) != number || std::abs(number) >= 9223372036854775808.0) {
      return std::nullopt;
    }
    return Json(static_cast<std::int64_t>(number));
  }
  if (!value.is_string()) return std::nullopt;
  const auto number = parsed<std::int64_t>(value.get_ref<const std::string&>());
  return number ? std::optional<Json>(*number) : std::nullopt;
}

std::optional<Json> as_number(const Json& value) {
  if (value.is_number()) return value;
  if (!value.is_string()) return std::nullopt;
  const std::string& text = value.get_ref<const std::string&>();
  if (const auto whole = parsed<std::int64_t>(text)) return Json(*whole);
  const auto number = parsed<double>(text);
  return number && std::isfinite(*number) ? std::optional<Json>(*number) : std::nullopt;
}

std::optional<Json> as_reference(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  std::string id = lower_case(value.get<std::string>());
  return is_object_id(id) ? std::optional<Json>(std::move(id)) : std::nullopt;
}

std::optional<Json> if_true(bool condition, const Json& value) {
  return condition ? std::optional<Json>(value) : std::nullopt;
}

}  // namespace

std::optional<Json> coerced(const Shape& shape, const Json& value) {
  switch (shape.type) {
    case Type::string:
      return if_true(value.is_string(), value);
    case Type::integer:
      return as_integer(value);
    case Type::number:
      return as_number(value);
    case Type::boolean:
      return as_boolean(value);
    case Type::reference:
      return as_reference(value);
    case Type::list:
      return if_true(value.is_array(), value);
    case Type::dict:
    case Type::map:
      return if_true(value.is_object(), value);
    case Type::any:
      return value;
  }
  return std::nullopt;
}

}  // namespace salvor::schema
