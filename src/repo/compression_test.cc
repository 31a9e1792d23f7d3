#include "repo/compression.h"

#include <gtest/gtest.h>

#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

std::string compressed(const std::string& plain) { return Compressor(3).compressed(plain); }

TEST(Compression, GivesBackWhatItTook) {
  for (const std::string& plain :
       {std::string(), std::string("x"), std::string(3'000'000, 'x'), testing::noise(700'000, 1)}) {
    const std::string frame = compressed(plain);
    std::string out(plain.size(), '\0');

    EXPECT_TRUE(Decompressor().decompress(frame, out.data(), out.size()).ok());
    EXPECT_EQ(out, plain);
    EXPECT_EQ(Decompressor().decompress_at_most(frame, plain.size()).value(), plain);
  }
}

TEST(Compression, RefusesAnotherLength) {
  const std::string frame = compressed(std::string(1000, 'x'));
  std::string out(2000, '\0');

  EXPECT_EQ(Decompressor().decompress(frame, out.data(), 999).error().code, ErrorCode::corrupt);
  EXPECT_EQ(Decompressor().decompress(frame, out.data(), 1001).error().code, ErrorCode::corrupt);
}

TEST(Compression, StopsABombAtTheLimit) {
  const std::string bomb = compressed(std::string(200'000'000, '\0'));
  ASSERT_LT(bomb.size(), 100'000U);

  EXPECT_EQ(Decompressor().decompress_at_most(bomb, 1'000'000).error().code, ErrorCode::exhausted);
}

TEST(Compression, FindsCutAndForeignFrames) {
  const std::string frame = compressed(testing::noise(1000, 2));
  for (std::size_t size = 0; size < frame.size(); size += 7) {
    EXPECT_FALSE(Decompressor().decompress_at_most(frame.substr(0, size), 1 << 20).ok()) << size;
  }
  EXPECT_FALSE(Decompressor().decompress_at_most(frame + "more", 1 << 20).ok());
  EXPECT_FALSE(Decompressor().decompress_at_most("no frame at all", 1 << 20).ok());
}

}  // namespace
}  // namespace salvor::repo
