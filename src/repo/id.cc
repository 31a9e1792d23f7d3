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

// Fetched once: each fetch takes OpenSSL locks and time.
const EVP_MD* sha256() {
  static EVP_MD* const kind = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CHECK(kind != nullptr);
  return kind;
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
  Id id;
  CHECK(EVP_Digest(bytes.data(), bytes.size(), id.bytes.data(), nullptr, sha256(), nullptr) == 1);
  return id;
}

struct Hasher::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
  void begin() const { CHECK(EVP_DigestInit_ex2(context, sha256(), nullptr) == 1); }
};

Hasher::Hasher() : state_(std::make_unique<State>()) { state_->begin(); }
Hasher::~Hasher() = default;

void Hasher::add(std::string_view bytes) {
  CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

Id Hasher::finish() {
  Id id;
  CHECK(EVP_DigestFinal_ex(state_->context, id.bytes.data(), nullptr) == 1);
  state_->begin();
  return id;
}

}  // namespace salvor::repo
