// Digests of bytes, for looking secrets up without keeping them.
#pragma once

#include <string>
#include <string_view>

namespace salvor {

// The 32 bytes of SHA-256.
std::string sha256(std::string_view bytes);

}  // namespace salvor
