#include "base/signing_key.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/check.h"

namespace salvor {
namespace {

constexpr std::size_t kSignatureBytes = 64;

template <auto Free>
struct Freeing {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Bio = std::unique_ptr<BIO, Freeing<BIO_free_all>>;
using Pkey = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX_free>>;

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return std::string(bytes, static_cast<std::size_t>(size));
}

}  // namespace

struct SigningKey::State {
  Pkey key;
};

SigningKey SigningKey::make() {
  Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  CHECK(key != nullptr);
  return SigningKey(std::make_shared<const State>(State{std::move(key)}));
}

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  CHECK(bio != nullptr);
  // An empty password, so that nobody is asked for one.
  char none[] = "";
  Pkey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, none));
  if (key == nullptr || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519)
    return error(ErrorCode::corrupt, "this is no private key of Ed25519 in PEM");
  return SigningKey(std::make_shared<const State>(State{std::move(key)}));
}

std::string SigningKey::pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  CHECK(bio != nullptr && PEM_write_bio_PrivateKey(bio.get(), state_->key.get(), nullptr, nullptr,
                                                   0, nullptr, nullptr) == 1);
  return text_of(bio.get());
}

std::string SigningKey::public_pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  CHECK(bio != nullptr && PEM_write_bio_PUBKEY(bio.get(), state_->key.get()) == 1);
  return text_of(bio.get());
}

std::string SigningKey::sign(std::string_view bytes) const {
  const Digest digest(EVP_MD_CTX_new());
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  CHECK(digest != nullptr &&
        EVP_DigestSignInit(digest.get(), nullptr, nullptr, nullptr, state_->key.get()) == 1);
  CHECK(EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1);
  CHECK(size == kSignatureBytes);
  return signature;
}

}  // namespace salvor
