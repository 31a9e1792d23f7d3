#include "base/seal.h"

#include <sodium.h>

#include <string_view>

#include "base/random.h"

namespace salvor {
namespace {

constexpr std::string_view kPrefix = "sealed:v1:";

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

Sealer::Sealer(std::string key) : key_(std::move(key)) {
  CHECK(key_.size() == crypto_secretbox_KEYBYTES);
}

bool Sealer::is_sealed(const std::string& text) { return text.starts_with(kPrefix); }

std::string Sealer::seal(const std::string& secret) const {
  const std::string nonce = random_bytes(crypto_secretbox_NONCEBYTES);
  std::string box(crypto_secretbox_MACBYTES + secret.size(), '\0');
  CHECK(crypto_secretbox_easy(bytes_of(box), bytes_of(secret), secret.size(), bytes_of(nonce),
                              bytes_of(key_)) == 0);
  return std::string(kPrefix) + base64url(nonce + box);
}

Result<std::string> Sealer::open(const std::string& sealed) const {
  const auto damaged = [] {
    return error(ErrorCode::corrupt, "a sealed secret cannot be opened")
        .with_hint("it was sealed with another server's key file or was damaged; set it again");
  };
  if (!is_sealed(sealed)) return damaged();
  std::string bytes(sealed.size(), '\0');
  std::size_t length = 0;
  if (sodium_base642bin(bytes_of(bytes), bytes.size(), sealed.data() + kPrefix.size(),
                        sealed.size() - kPrefix.size(), nullptr, &length, nullptr,
                        sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0) {
    return damaged();
  }
  constexpr std::size_t overhead = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
  if (length < overhead) return damaged();
  std::string secret(length - overhead, '\0');
  if (crypto_secretbox_open_easy(bytes_of(secret), bytes_of(bytes) + crypto_secretbox_NONCEBYTES,
                                 length - crypto_secretbox_NONCEBYTES, bytes_of(bytes),
                                 bytes_of(key_)) != 0) {
    return damaged();
  }
  return secret;
}

}  // namespace salvor
