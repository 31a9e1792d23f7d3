// A backup's tarball, ours or anybody's.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "archive/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto drop = [](const salvor::archive::ItemName&, std::string_view) {
    return salvor::Result<void>();
  };
  const salvor::archive::ReadLimits limits{
      .unpacked_bytes = 1 << 22, .item_bytes = 1 << 20, .items = 10000};
  static_cast<void>(salvor::archive::read_items_from(bytes, {drop, drop}, limits).ok());
  return 0;
}
