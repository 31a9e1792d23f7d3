// JSON under limits: what parses can be written and parses again to the same value.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = salvor::parse_json(text, {.bytes = 1 << 20, .depth = 50});
  if (!value.ok()) return 0;
  const auto again = salvor::parse_json(salvor::wire_json(*value));
  CHECK(again.ok() && *again == *value);
  return 0;
}
