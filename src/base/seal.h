// Secrets at rest: a kubeconfig or a password is sealed before it reaches the catalog and opened
// only by the job that needs it. libsodium's secretbox (XSalsa20-Poly1305) with a random nonce.
#pragma once

#include <string>

#include "base/result.h"

namespace salvor {

// Seals with one 32-byte key. A value; any thread may call.
class Sealer {
 public:
  // Requires: key has 32 bytes.
  explicit Sealer(std::string key);

  // "sealed:v1:<base64url>", different at each call.
  std::string seal(const std::string& secret) const;
  // Fails with corrupt when the text was changed or sealed with another key.
  Result<std::string> open(const std::string& sealed) const;
  static bool is_sealed(const std::string& text);

 private:
  std::string key_;
};

}  // namespace salvor
