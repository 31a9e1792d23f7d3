// A key file, whose costs must not stop the machine.
#include <cstdint>
#include <string_view>

#include "repo/key_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)salvor::repo::open_key_file({reinterpret_cast<const char*>(data), size}, "password");
  return 0;
}
