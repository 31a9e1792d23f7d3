// A restore's selection with its label selector.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "restore/options.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = salvor::parse_json(text);
  if (!document.ok()) return 0;
  const auto options = salvor::restore::parse_options(*document);
  if (!options.ok()) return 0;
  static_cast<void>(salvor::restore::matches(options->label_selector, {{"app", "nginx"}}));
  static_cast<void>(salvor::restore::includes_type(*options, "deployments.apps"));
  static_cast<void>(options->namespace_map.check({"a", "b"}).ok());
  return 0;
}
