#include "base/digest.h"

#include <sodium.h>

#include "base/check.h"

namespace salvor {

std::string sha256(std::string_view bytes) {
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  CHECK(crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                           reinterpret_cast<const unsigned char*>(bytes.data()),
                           bytes.size()) == 0);
  return digest;
}

}  // namespace salvor
