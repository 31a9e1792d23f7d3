#include "repo/id.h"

#include <openssl/evp.h>

#include "base/check.h"
#include "base/random.h"

namespace salvor::repo {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::string Id::hex() const {
  return salvor::hex(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

std::optional<Id> parse_id(std::string_view text) {
  Id id;
  if (text.size() != 2 * id.bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    const int high = digit(text[2 * i]);
    const int low = digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return id;
}

Id id_of(std::string_view bytes) {
  // Fetched once: each fetch takes OpenSSL locks and time.
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Id id;
  CHECK(sha256 != nullptr &&
        EVP_Digest(bytes.data(), bytes.size(), id.bytes.data(), nullptr, sha256, nullptr) == 1);
  return id;
}

}  // namespace salvor::repo
