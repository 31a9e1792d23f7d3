// The `where` of a request: parses or is refused, and a parsed filter can be asked about a document.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "resources/all.h"
#include "schema/filter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto filter = salvor::schema::parse_filter(*salvor::resources::find("jobs"), text);
  if (!filter.ok()) return 0;
  const salvor::Json document = {{"name", "n"}, {"start_time", 5}, {"activity", {"a", "b"}}};
  static_cast<void>(salvor::schema::matches(*filter, document));
  return 0;
}
