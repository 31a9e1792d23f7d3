#include "archive/internal/hash.h"

#include <openssl/evp.h>

#include "base/check.h"
#include "base/random.h"

namespace salvor::archive::internal {

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest{EVP_MD_CTX_new(),
                                                                 &EVP_MD_CTX_free};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  CHECK(state_->digest != nullptr);
  CHECK(EVP_DigestInit_ex(state_->digest.get(), EVP_sha256(), nullptr) == 1);
}

Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  CHECK(EVP_DigestUpdate(state_->digest.get(), bytes.data(), bytes.size()) == 1);
}

std::string Sha256::finish() {
  std::string bytes(32, '\0');
  unsigned size = 0;
  CHECK(EVP_DigestFinal_ex(state_->digest.get(), reinterpret_cast<unsigned char*>(bytes.data()),
                           &size) == 1);
  CHECK(size == bytes.size());
  return hex(bytes);
}

}  // namespace salvor::archive::internal
