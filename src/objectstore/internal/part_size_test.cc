#include "objectstore/internal/part_size.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace salvor::objectstore::internal {
namespace {

TEST(PartSize, LetsTenThousandPartsHoldTheLargestObject) {
  constexpr std::uint64_t kFirst = std::uint64_t{32} << 20;
  std::uint64_t sum = 0;
  for (std::uint64_t number = 0; number < kPartsMax; ++number) {
    const std::uint64_t bytes = part_bytes(kFirst, number);
    EXPECT_LE(bytes, std::max(kFirst, sum / 100));
    EXPECT_LE(bytes, kPartBytesMax);
    sum += bytes;
  }
  EXPECT_GE(sum, std::uint64_t{5} << 40);
}

}  // namespace
}  // namespace salvor::objectstore::internal
