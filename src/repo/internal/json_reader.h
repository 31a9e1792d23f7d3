// A repository's JSON, read by simdjson: an index or a folder's tree may have millions of members.
// Views into it are good until the reading ends. Fails with corrupt where the text is not the JSON
// that is asked for.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace salvor::repo::internal {

inline Error bad_json(simdjson::error_code code) {
  return error(ErrorCode::corrupt, std::string("damaged JSON: ") + simdjson::error_message(code));
}

class JsonObject;

class JsonValue {
 public:
  explicit JsonValue(simdjson::dom::element value) : value_(value) {}

  // Escapes are resolved.
  Result<std::string_view> text() {
    std::string_view text;
    const auto code = value_.get_string().get(text);
    if (code != simdjson::SUCCESS) return bad_json(code);
    return text;
  }
  Result<std::uint64_t> number() {
    std::uint64_t number = 0;
    const auto code = value_.get_uint64().get(number);
    if (code != simdjson::SUCCESS) return bad_json(code);
    return number;
  }
  bool is_null() { return value_.is_null(); }
  // `sink(JsonValue)` for each element; null is an empty list.
  template <typename Sink>
  Result<void> each(const Sink& sink);
  // `sink(JsonObject)` for each element.
  template <typename Sink>
  Result<void> each_object(const Sink& sink);

 private:
  simdjson::dom::element value_;
};

class JsonObject {
 public:
  explicit JsonObject(simdjson::dom::object object) : object_(object) {}

  // `sink(name, JsonValue)` for each member, in the text's order.
  template <typename Sink>
  Result<void> each(const Sink& sink) {
    for (const auto member : object_) TRY_VOID(sink(member.key, JsonValue(member.value)));
    return {};
  }

 private:
  simdjson::dom::object object_;
};

template <typename Sink>
Result<void> JsonValue::each(const Sink& sink) {
  if (value_.is_null()) return {};
  simdjson::dom::array array;
  if (const auto code = value_.get_array().get(array)) return bad_json(code);
  for (const auto element : array) TRY_VOID(sink(JsonValue(element)));
  return {};
}

template <typename Sink>
Result<void> JsonValue::each_object(const Sink& sink) {
  return each([&](JsonValue element) -> Result<void> {
    simdjson::dom::object object;
    if (const auto code = element.value_.get_object().get(object)) return bad_json(code);
    return sink(JsonObject(object));
  });
}

// `sink(JsonObject)` for the object that the text is. Takes the text, as the parser reads a little
// past its end.
template <typename Sink>
Result<void> read_json_object(std::string text, const Sink& sink) {
  const std::size_t size = text.size();
  text.resize(size + simdjson::SIMDJSON_PADDING);
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (const auto code = parser.parse(text.data(), size, false).get(object)) return bad_json(code);
  return sink(JsonObject(object));
}

}  // namespace salvor::repo::internal
