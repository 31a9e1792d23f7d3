#include "repo/compression.h"

#include <gtest/gtest.h>

#include <array>

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

TEST(Compression, GivesBackInPieces) {
  std::string plain = testing::noise(70'000, 1);
  for (int doubled = 0; doubled < 6; ++doubled) plain += plain;
  const std::string frame = compressed(plain);
  Decompressor decompressor;
  std::array<char, 5'000> room;
  std::string pieces;
  const auto sink = [&](std::string_view piece) {
    pieces += piece;
    return Result<void>();
  };

  decompressor.begin();
  for (std::size_t at = 0; at < frame.size(); at += 999)
    ASSERT_TRUE(decompressor.feed(std::string_view(frame).substr(at, 999), room, sink).ok());

  EXPECT_TRUE(decompressor.finish().ok());
  EXPECT_EQ(pieces, plain);
}

TEST(Compression, FindsAFrameInPiecesThatEndsTooEarly) {
  const std::string frame = compressed(testing::noise(1000, 2));
  Decompressor decompressor;
  std::array<char, 5'000> room;
  const auto sink = [](std::string_view) { return Result<void>(); };

  decompressor.begin();
  ASSERT_TRUE(decompressor.feed(std::string_view(frame).substr(0, 900), room, sink).ok());

  EXPECT_EQ(decompressor.finish().error().code, ErrorCode::corrupt);
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
