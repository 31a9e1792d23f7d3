#include "archive/gzip.h"

#include <gtest/gtest.h>

#include <random>

namespace salvor::archive {
namespace {

constexpr std::uint64_t kAny = std::uint64_t{1} << 40;

std::string random_text(std::mt19937& random, std::size_t size, unsigned letters) {
  std::string text;
  while (text.size() < size) text += static_cast<char>('a' + random() % letters);
  return text;
}

TEST(Gzip, UnpacksWhatItPacked) {
  std::mt19937 random(1);
  for (const std::size_t size : {0U, 1U, 511U, 65'536U, 1'000'000U}) {
    const std::string text = random_text(random, size, 20);
    EXPECT_EQ(gunzipped(gzipped(text), kAny).value(), text) << size;
  }
}

TEST(Gzip, TakesAStreamInPiecesOfAnySize) {
  std::mt19937 random(2);
  const std::string text = random_text(random, 200'000, 4);
  const std::string packed = gzipped(text);
  Inflater inflater;
  std::string all;
  for (std::size_t at = 0; at < packed.size();) {
    const std::size_t count = 1 + random() % 100;
    ASSERT_TRUE(inflater
                    .feed(std::string_view(packed).substr(at, count),
                          [&](std::string_view bytes) -> Result<void> {
                            all += bytes;
                            return {};
                          })
                    .ok());
    at += count;
  }
  EXPECT_TRUE(inflater.finish().ok());
  EXPECT_EQ(all, text);
}

TEST(Gzip, ReadsStreamsInARowAsOne) {
  EXPECT_EQ(gunzipped(gzipped("one ") + gzipped("two"), kAny).value(), "one two");
}

TEST(Gzip, FindsEveryTruncation) {
  const std::string packed = gzipped("some text that is long enough to have a body");
  for (std::size_t size = 0; size < packed.size(); ++size) {
    EXPECT_EQ(gunzipped(packed.substr(0, size), kAny).error().code, ErrorCode::corrupt) << size;
  }
}

TEST(Gzip, FindsRubbish) {
  EXPECT_EQ(gunzipped("no gzip at all", kAny).error().code, ErrorCode::corrupt);
  EXPECT_EQ(gunzipped(gzipped("text") + "rubbish", kAny).error().code, ErrorCode::corrupt);
}

TEST(Gzip, StopsABombAtTheLimit) {
  const std::string bomb = gzipped(std::string(std::size_t{64} << 20, '\0'));
  ASSERT_LT(bomb.size(), std::size_t{1} << 20);

  EXPECT_EQ(gunzipped(bomb, 1'000'000).error().code, ErrorCode::corrupt);
}

TEST(Gzip, GivesABombInSmallPieces) {
  const std::string bomb = gzipped(std::string(std::size_t{16} << 20, '\0'));
  std::size_t largest = 0;
  Inflater inflater;
  ASSERT_TRUE(inflater
                  .feed(bomb,
                        [&](std::string_view bytes) -> Result<void> {
                          largest = std::max(largest, bytes.size());
                          return {};
                        })
                  .ok());
  EXPECT_LE(largest, 65'536U);
}

}  // namespace
}  // namespace salvor::archive
