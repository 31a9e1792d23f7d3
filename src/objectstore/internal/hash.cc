#include "objectstore/internal/hash.h"

#include <openssl/evp.h>

#include <array>

#include "base/check.h"

namespace salvor::objectstore::internal {

std::string digest(Hash hash, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
  unsigned size = 0;
  const EVP_MD* const kind = hash == Hash::sha256 ? EVP_sha256() : EVP_md5();
  CHECK(EVP_Digest(bytes.data(), bytes.size(), made.data(), &size, kind, nullptr) == 1);
  return {reinterpret_cast<const char*>(made.data()), size};
}

}  // namespace salvor::objectstore::internal
