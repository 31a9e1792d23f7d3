// Standard base64 (RFC 4648), in which kubeconfigs carry certificates and keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace salvor::kube {

// Line breaks and blanks are skipped, padding is required; nothing when the text is no base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace salvor::kube
