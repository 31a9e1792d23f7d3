// Standard base64 (RFC 4648), in which Kubernetes carries bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace salvor {

// Line breaks and blanks are skipped, padding is required; nothing when the text is no base64.
std::optional<std::string> decode_base64(std::string_view text);

std::string encode_base64(std::string_view bytes);

}  // namespace salvor
