#include "repo/internal/recent_blocks.h"

#include <gtest/gtest.h>

#include "repo/testing/scene.h"

namespace salvor::repo::internal {
namespace {

class RecentBlocksTest : public ::testing::Test {
 protected:
  // A pack that holds such bytes, and its end.
  Id save(const std::string& bytes) {
    Cipher cipher(scene_.repository.key());
    PackBuilder builder;
    builder.add({BlobType::tree, id_of(bytes)}, bytes, bytes.size(), false);
    PackBuilder::Pack pack = builder.finish(cipher);
    EXPECT_TRUE(scene_.repository.save_pack(scene_.context, pack).ok());
    return pack.id;
  }
  void lose(const Id& pack) {
    ASSERT_TRUE(scene_.repository.remove_pack(scene_.context, pack).ok());
  }

  testing::Scene scene_;
  RecentBlocks blocks_{scene_.repository};
};

TEST_F(RecentBlocksTest, ReadsWhatLiesAcrossBlocks) {
  const std::string bytes = testing::noise(3 * kBlockBytes, 1);
  const Id pack = save(bytes);

  for (const std::size_t offset : {std::size_t{0}, kBlockBytes - 7, 2 * kBlockBytes + 1}) {
    for (const std::size_t length : {std::size_t{0}, std::size_t{100}, kBlockBytes - 100})
      EXPECT_EQ(blocks_.read(scene_.context, pack, offset, length).value(),
                bytes.substr(offset, length));
  }
  EXPECT_EQ(blocks_.read(scene_.context, pack, 5, 2 * kBlockBytes).value(),
            bytes.substr(5, 2 * kBlockBytes));
}

TEST_F(RecentBlocksTest, AsksTheStoreOnceForNeighbours) {
  const Id pack = save(testing::noise(kBlockBytes, 1));
  ASSERT_TRUE(blocks_.read(scene_.context, pack, 0, 10).ok());

  lose(pack);

  EXPECT_TRUE(blocks_.read(scene_.context, pack, 400'000, 1'000).ok());
}

TEST_F(RecentBlocksTest, KeepsTheLastOnesOnly) {
  const Id first = save(testing::noise(1'000, 0));
  ASSERT_TRUE(blocks_.read(scene_.context, first, 0, 10).ok());
  for (unsigned seed = 1; seed <= kBlocksKept; ++seed)
    ASSERT_TRUE(blocks_.read(scene_.context, save(testing::noise(1'000, seed)), 0, 10).ok());

  lose(first);

  EXPECT_EQ(blocks_.read(scene_.context, first, 0, 10).error().code, ErrorCode::not_found);
}

TEST_F(RecentBlocksTest, FailsBeyondThePacksEnd) {
  const Id pack = save("abc");

  EXPECT_EQ(blocks_.read(scene_.context, pack, 0, 10'000).error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace salvor::repo::internal
