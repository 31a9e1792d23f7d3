// A user's modifiers: parsed or refused, and parsed ones can be applied to an object.
#include <cstddef>
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "restore/modifiers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto modifiers = salvor::restore::Modifiers::parse(text);
  if (!modifiers.ok()) return 0;
  salvor::Json object = {{"kind", "Deployment"},
                         {"metadata", {{"name", "web"}, {"labels", {{"app", "web"}}}}},
                         {"spec", {{"containers", {{{"name", "a"}, {"image", "b"}}}}, {"list", {1, 2}}}}};
  static_cast<void>(modifiers->apply({"deployments.apps", "shop", "web"}, object).ok());
  return 0;
}
