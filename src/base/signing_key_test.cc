#include "base/signing_key.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace salvor {
namespace {

bool is_signed(const std::string& public_pem, std::string_view bytes, std::string_view signature) {
  BIO* bio = BIO_new_mem_buf(public_pem.data(), static_cast<int>(public_pem.size()));
  EVP_PKEY* key = PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr);
  EVP_MD_CTX* digest = EVP_MD_CTX_new();
  EXPECT_EQ(EVP_DigestVerifyInit(digest, nullptr, nullptr, nullptr, key), 1);
  const int verdict = EVP_DigestVerify(
      digest, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
      reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  EVP_MD_CTX_free(digest);
  EVP_PKEY_free(key);
  BIO_free(bio);
  return verdict == 1;
}

TEST(SigningKey, SignsForItsPublicKeyAlone) {
  const SigningKey key = SigningKey::make();
  const std::string signature = key.sign("what was checked");

  EXPECT_EQ(signature.size(), 64U);
  EXPECT_TRUE(is_signed(key.public_pem(), "what was checked", signature));
  EXPECT_FALSE(is_signed(key.public_pem(), "what was not", signature));
  EXPECT_FALSE(is_signed(SigningKey::make().public_pem(), "what was checked", signature));
}

TEST(SigningKey, IsTheSameAfterItWasStored) {
  const SigningKey key = SigningKey::make();

  const auto again = SigningKey::from_pem(key.pem());

  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->public_pem(), key.public_pem());
  EXPECT_EQ(again->sign("a"), key.sign("a"));
}

TEST(SigningKey, RefusesWhatIsNoSuchKey) {
  const SigningKey key = SigningKey::make();
  for (const std::string& text : {std::string(), std::string("word"), key.public_pem(),
                                  key.pem().substr(0, key.pem().size() / 2)}) {
    const auto read = SigningKey::from_pem(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
  }
}

}  // namespace
}  // namespace salvor
