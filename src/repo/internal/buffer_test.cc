#include "repo/internal/buffer.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>

namespace salvor::repo::internal {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

// Pages of it that are in memory.
std::size_t resident(const Buffer& buffer) {
  constexpr std::size_t kPage = 4096;
  std::vector<unsigned char> pages((buffer.size() + kPage - 1) / kPage);
  // The call wants it without const, and changes nothing.
  EXPECT_EQ(::mincore(const_cast<char*>(buffer.data()), buffer.size(), pages.data()), 0);
  return static_cast<std::size_t>(std::count_if(
      pages.begin(), pages.end(), [](unsigned char page) { return (page & 1) != 0; }));
}

TEST(Buffer, GivesBackTheMemoryBehindWhatItKeeps) {
  Buffer buffer;
  std::ranges::fill(buffer.of(4 * kMiB), 'x');

  buffer.rest(kMiB);

  EXPECT_EQ(resident(buffer), kMiB / 4096);
  EXPECT_EQ(buffer.size(), 4 * kMiB);
  EXPECT_EQ(buffer.of(4 * kMiB)[kMiB - 1], 'x');
  std::ranges::fill(buffer.of(4 * kMiB), 'y');
}

TEST(Buffer, KeepsASmallOneWhole) {
  Buffer buffer;
  std::ranges::fill(buffer.of(1000), 'x');

  buffer.rest(10);

  EXPECT_EQ(buffer.of(1000)[999], 'x');
}

TEST(BufferStock, GivesOutWhatItWasGiven) {
  BufferStock stock(2, kMiB);
  Buffer used;
  const char* const bytes = used.of(2 * kMiB).data();

  stock.give(std::move(used));

  EXPECT_EQ(stock.take().data(), bytes);
  EXPECT_EQ(stock.take().size(), 0U);
}

TEST(BufferStock, KeepsSoManyAndSoMuchOfEachAlone) {
  BufferStock stock(2, kMiB);
  for (int i = 0; i < 3; ++i) {
    Buffer used;
    std::ranges::fill(used.of(3 * kMiB), 'x');
    stock.give(std::move(used));
  }
  stock.give(Buffer());

  for (int i = 0; i < 2; ++i) EXPECT_EQ(resident(stock.take()), kMiB / 4096);
  EXPECT_EQ(stock.take().size(), 0U);
}

}  // namespace
}  // namespace salvor::repo::internal
