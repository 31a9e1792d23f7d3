#include "repo/cipher.h"

#include <gtest/gtest.h>

#include <array>

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

TEST(Cipher, OpensByPieces) {
  Cipher cipher(new_master_key());
  std::array<char, 7> room;
  for (const std::size_t size : {0U, 6U, 7U, 8U, 1'000U}) {
    const std::string plain(size, 'x');
    std::string pieces;

    const auto opened =
        cipher.open_by_pieces(cipher.sealed(plain), room, [&](std::string_view piece) {
          pieces += piece;
          return Result<void>();
        });

    EXPECT_TRUE(opened.ok());
    EXPECT_EQ(pieces, plain);
  }
}

TEST(Cipher, HandsOutNoPieceOfWhatWasChanged) {
  Cipher cipher(new_master_key());
  std::string sealed = cipher.sealed("some plain bytes of no interest");
  sealed.back() = static_cast<char>(sealed.back() ^ 1);
  std::array<char, 7> room;
  std::size_t pieces = 0;

  const auto opened = cipher.open_by_pieces(sealed, room, [&](std::string_view) {
    ++pieces;
    return Result<void>();
  });

  EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
  EXPECT_EQ(pieces, 0U);
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
