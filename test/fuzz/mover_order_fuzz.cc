// A mover's order.
#include <cstdint>
#include <string_view>

#include "mover/order.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)salvor::mover::parse_order({reinterpret_cast<const char*>(data), size}).ok();
  return 0;
}
