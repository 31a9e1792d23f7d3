#include "repo/internal/blob_proof.h"

#include <gtest/gtest.h>

#include "repo/blob_saver.h"
#include "repo/testing/scene.h"

namespace salvor::repo::internal {
namespace {

class BlobProofTest : public ::testing::Test {
 protected:
  // Sealed as blobs are, and the place that says how.
  PackedBlob seal(const std::string& plain, bool is_compressed) {
    sealed_ = cipher_.sealed(is_compressed ? Compressor(3).compressed(plain) : plain);
    const auto plain_length = static_cast<std::uint32_t>(is_compressed ? plain.size() : 0);
    return {{BlobType::data, id_of(plain)},
            {0, static_cast<std::uint32_t>(sealed_.size()), plain_length}};
  }

  MasterKey key_ = new_master_key();
  Cipher cipher_{key_};
  BlobProof proof_{key_};
  std::string sealed_;
};

TEST_F(BlobProofTest, PassesWhatItsIdSays) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{65'536}, kChunkMax}) {
    for (const bool is_compressed : {false, true}) {
      const PackedBlob blob = seal(testing::noise(size, 1), is_compressed);

      EXPECT_TRUE(proof_.check(sealed_, blob).ok()) << size;
    }
  }
}

TEST_F(BlobProofTest, FindsBytesOfAnotherName) {
  for (const bool is_compressed : {false, true}) {
    PackedBlob blob = seal(testing::noise(100'000, 1), is_compressed);
    blob.key.id = id_of("another");

    EXPECT_EQ(proof_.check(sealed_, blob).error().code, ErrorCode::corrupt);
  }
}

TEST_F(BlobProofTest, FindsAFlippedBitAndThenIsAsGoodAsBefore) {
  const PackedBlob blob = seal(testing::noise(100'000, 1), true);
  std::string bent = sealed_;
  bent[50'000] = static_cast<char>(bent[50'000] ^ 1);

  EXPECT_EQ(proof_.check(bent, blob).error().code, ErrorCode::corrupt);
  EXPECT_TRUE(proof_.check(sealed_, blob).ok());
}

TEST_F(BlobProofTest, FindsAFrameThatIsDamagedBeneathTheSeal) {
  const std::string plain = testing::noise(100'000, 1);
  PackedBlob blob = seal(plain, true);
  sealed_ = cipher_.sealed(Compressor(3).compressed(plain).substr(0, 70'000));

  EXPECT_EQ(proof_.check(sealed_, blob).error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace salvor::repo::internal
