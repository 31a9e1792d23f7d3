// How large the parts of an upload are whose size nobody knows beforehand.
#pragma once

#include <cstdint>

namespace salvor::objectstore::internal {

// S3's limits.
inline constexpr std::uint64_t kPartsMax = 10'000;
inline constexpr std::uint64_t kPartBytesMax = std::uint64_t{5} << 30;

// Of part 0, 1, …: twice as large after every 1,400 parts. From a first part of 32 MiB, 10,000
// parts hold more than 5 TiB, and a part is never more than a hundredth of what went before it, or
// 32 MiB.
constexpr std::uint64_t part_bytes(std::uint64_t first, std::uint64_t number) {
  const std::uint64_t bytes = first << (number / 1'400);
  return bytes < kPartBytesMax ? bytes : kPartBytesMax;
}

}  // namespace salvor::objectstore::internal
