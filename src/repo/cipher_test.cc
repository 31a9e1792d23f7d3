#include "repo/cipher.h"

#include <gtest/gtest.h>

namespace salvor::repo {
namespace {

TEST(Cipher, OpensWhatItSealed) {
  const MasterKey key = new_master_key();
  Cipher cipher(key);
  for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 100'000U}) {
    const std::string plain(size, 'x');
    std::string sealed = cipher.sealed(plain);
    EXPECT_EQ(sealed.size(), size + kSealBytes);

    EXPECT_EQ(Cipher(key).open(sealed).value(), plain);
  }
}

TEST(Cipher, SealsTheSameDifferently) {
  Cipher cipher(new_master_key());

  EXPECT_NE(cipher.sealed("abc"), cipher.sealed("abc"));
}

TEST(Cipher, FindsEachFlippedBit) {
  Cipher cipher(new_master_key());
  const std::string sealed = cipher.sealed("some plain bytes of no interest");
  for (std::size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
    std::string bent = sealed;
    bent[bit / 8] = static_cast<char>(bent[bit / 8] ^ (1 << (bit % 8)));
    const std::string before = bent;

    EXPECT_EQ(cipher.open(bent).error().code, ErrorCode::corrupt) << bit;
    EXPECT_EQ(bent, before);
  }
}

TEST(Cipher, RefusesWhatIsTooShort) {
  Cipher cipher(new_master_key());
  for (std::size_t size = 0; size < kSealBytes; ++size) {
    std::string bytes(size, 'x');
    EXPECT_EQ(cipher.open(bytes).error().code, ErrorCode::corrupt);
  }
}

TEST(Cipher, RefusesAnotherKey) {
  std::string sealed = Cipher(new_master_key()).sealed("abc");

  EXPECT_EQ(Cipher(new_master_key()).open(sealed).error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace salvor::repo
