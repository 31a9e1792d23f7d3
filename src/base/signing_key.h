// A key that signs what others must be able to trust without asking us: Ed25519, in the PEM files
// that OpenSSL reads.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace salvor {

// Any thread may call.
class SigningKey {
 public:
  static SigningKey make();
  // Fails with corrupt when the text holds no private key of Ed25519.
  static Result<SigningKey> from_pem(std::string_view pem);

  // The private key; a secret.
  std::string pem() const;
  std::string public_pem() const;
  // 64 bytes, over the bytes themselves and not a digest of them.
  std::string sign(std::string_view bytes) const;

 private:
  struct State;
  // Shared by the copies of one key; it is read only.
  explicit SigningKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace salvor
