#include "repo/chunker.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "repo/id.h"
#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

constexpr Polynomial kPolynomial = 0x3DA3358B4DC173;

std::vector<std::size_t> cuts(const Chunker& chunker, std::string_view bytes) {
  std::vector<std::size_t> sizes;
  while (!bytes.empty()) {
    sizes.push_back(chunker.cut(bytes.substr(0, kChunkMax)));
    bytes.remove_prefix(sizes.back());
  }
  return sizes;
}

TEST(Polynomial, KnowsTheIrreducibleOnes) {
  EXPECT_TRUE(is_irreducible(kPolynomial));
  for (const Polynomial small : {0b10, 0b11, 0b111, 0b1011, 0b1101, 0b10011})
    EXPECT_TRUE(is_irreducible(small)) << small;
  for (const Polynomial product : {0b100, 0b101, 0b110, 0b1001, 0b10101})
    EXPECT_FALSE(is_irreducible(product)) << product;
}

TEST(Polynomial, IsReadAsItIsWritten) {
  for (int i = 0; i < 20; ++i) {
    const Polynomial polynomial = random_polynomial();
    EXPECT_EQ(parse_polynomial(to_hex(polynomial)), polynomial);
  }
  EXPECT_EQ(to_hex(kPolynomial), "3da3358b4dc173");
}

TEST(Polynomial, RefusesWhatWouldCutBadly) {
  for (const char* text : {"", "0", "x", "0x3da3358b4dc173", "3da3358b4dc172", "b", "-1",
                           "3da3358b4dc173 ", "ffffffffffffffffff"})
    EXPECT_FALSE(parse_polynomial(text)) << text;
}

TEST(Chunker, KeepsSmallFilesWhole) {
  const Chunker chunker(kPolynomial);

  EXPECT_EQ(chunker.cut(""), 0U);
  EXPECT_EQ(chunker.cut("x"), 1U);
  EXPECT_EQ(chunker.cut(std::string(kChunkMin, 'x')), kChunkMin);
}

TEST(Chunker, CutsZerosAtTheLeast) {
  EXPECT_EQ(Chunker(kPolynomial).cut(std::string(kChunkMax, '\0')), kChunkMin);
}

TEST(Chunker, CutsWithinItsLimits) {
  const std::string bytes = testing::noise(40 << 20, 1);
  const auto sizes = cuts(Chunker(kPolynomial), bytes);

  ASSERT_GT(sizes.size(), 10U);
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    EXPECT_GE(sizes[i], kChunkMin);
    EXPECT_LE(sizes[i], kChunkMax);
  }
}

TEST(Chunker, CutsNoLaterThanTheMost) {
  // A byte that never lets a digest match by itself.
  const auto sizes = cuts(Chunker(kPolynomial), std::string(20 << 20, '\x01'));

  EXPECT_EQ(sizes.front(), kChunkMax);
}

TEST(Chunker, FindsTheSameCutsAgainBehindAnInsertion) {
  const Chunker chunker(kPolynomial);
  const std::string bytes = testing::noise(30 << 20, 2);
  std::set<Id> known;
  const auto ids = [&](const std::string& text) {
    std::vector<Id> all;
    std::size_t at = 0;
    for (const std::size_t size : cuts(chunker, text)) {
      all.push_back(id_of(std::string_view(text).substr(at, size)));
      at += size;
    }
    return all;
  };
  for (const Id& id : ids(bytes)) known.insert(id);

  std::size_t fresh = 0;
  for (const Id& id : ids("inserted" + bytes)) fresh += known.contains(id) ? 0 : 1;

  EXPECT_LE(fresh, 2U);
}

TEST(Chunker, CutsAtTheSamePlaceWhateverComesAtOnce) {
  const Chunker chunker(kPolynomial);
  const std::string bytes = testing::noise(3 << 20, 4);
  const std::size_t whole = chunker.cut(bytes);
  ASSERT_LT(whole, bytes.size());
  for (const std::size_t piece : {1'000U, 65'536U, 600'000U}) {
    Cut cut(chunker);
    std::optional<std::size_t> found;
    for (std::size_t size = 0; !found && size < bytes.size();) {
      size = std::min(size + piece, bytes.size());
      found = cut.find(std::string_view(bytes).substr(0, size));
    }

    EXPECT_EQ(found, whole) << piece;
  }
}

// The digest is that of the last 64 bytes, bit by bit.
std::uint64_t digest_of(std::string_view window) {
  std::uint64_t digest = 0;
  for (const char byte : window) {
    digest = (digest << 8) | static_cast<unsigned char>(byte);
    for (int bit = 63; bit >= 53; --bit) {
      if ((digest >> bit) & 1) digest ^= kPolynomial << (bit - 53);
    }
  }
  return digest;
}

TEST(Chunker, CutsWhereTheDigestOfTheLast64BytesMatches) {
  const std::string bytes = testing::noise(4 << 20, 3);
  const std::size_t at = Chunker(kPolynomial).cut(bytes);

  EXPECT_EQ(digest_of(std::string_view(bytes).substr(at - 64, 64)) & 0xfffff, 0U);
}

TEST(Chunker, CutsAtTheFirstOfTheMatches) {
  const Chunker chunker(kPolynomial);
  const std::string noise = testing::noise(4 << 20, 3);
  const std::string window = noise.substr(chunker.cut(noise) - 64, 64);
  ASSERT_EQ(digest_of(window) & 0xfffff, 0U);
  std::vector<std::size_t> places = {0, 1, 63, 64, 65, 200'000, kChunkMax - kChunkMin};
  for (std::size_t edge = 4096; edge <= 10 * 4096; edge += 4096)
    places.insert(places.end(), {edge - 1, edge, edge + 1});

  for (const std::size_t place : places) {
    const std::size_t at = kChunkMin + place;
    for (const std::size_t later : {65, 4096, 2 * 4096 - 7, 3 * 4096, 9'000'000}) {
      std::string bytes(kChunkMax, '\x01');  // never matches by itself
      bytes.replace(at - 64, 64, window);
      if (at + later <= bytes.size()) bytes.replace(at + later - 64, 64, window);

      EXPECT_EQ(chunker.cut(bytes), at);
      EXPECT_EQ(chunker.cut(std::string_view(bytes).substr(0, at)), at);
    }
  }
}

TEST(Chunker, PassesOverNoMatch) {
  const Chunker chunker(kPolynomial);
  const std::string bytes = testing::noise(6 << 20, 5);
  std::string_view rest = bytes;
  std::uint64_t out[256];  // what a byte comes to that 63 others follow
  for (int byte = 0; byte < 256; ++byte)
    out[byte] = digest_of(std::string(1, static_cast<char>(byte)) + std::string(64, '\0'));

  while (rest.size() > kChunkMax / 2) {
    std::size_t at = kChunkMin;
    std::uint64_t digest = digest_of(rest.substr(at - 64, 64));
    while ((digest & 0xfffff) != 0 && at < kChunkMax && at < rest.size()) {
      digest = (digest << 8) | static_cast<unsigned char>(rest[at]);
      for (int bit = 60; bit >= 53; --bit) {
        if ((digest >> bit) & 1) digest ^= kPolynomial << (bit - 53);
      }
      digest ^= out[static_cast<unsigned char>(rest[at - 64])];
      ++at;
    }

    ASSERT_EQ(chunker.cut(rest.substr(0, kChunkMax)), at);
    rest.remove_prefix(at);
  }
}

}  // namespace
}  // namespace salvor::repo
