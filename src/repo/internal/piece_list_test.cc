#include "repo/internal/piece_list.h"

#include <gtest/gtest.h>

#include <string>

#include "repo/testing/scene.h"

namespace salvor::repo::internal {
namespace {

TEST(PieceList, GivesBackWhatWasAppended) {
  const std::string bytes = testing::noise(5 << 20, 1);
  PieceList list;
  for (std::size_t at = 0; at < bytes.size(); at += 700'001)
    list.append(std::string_view(bytes).substr(at, 700'001));
  std::string there;
  const auto add = [&](std::string_view piece) {
    there += piece;
    return Result<void>();
  };

  ASSERT_TRUE(list.each(add).ok());
  EXPECT_EQ(list.size(), bytes.size());
  EXPECT_EQ(there, bytes);

  there.clear();
  ASSERT_TRUE(list.drain(add).ok());
  EXPECT_TRUE(list.is_empty());
  EXPECT_EQ(there, bytes);
}

TEST(PieceList, TakesPiecesFromItsStockAndGivesThemBack) {
  BufferStock stock(10, kPieceBytes);
  PieceList list(stock);
  list.append(std::string(2 * kPieceBytes + 1, 'x'));
  ASSERT_TRUE(list.drain([](std::string_view) { return Result<void>(); }).ok());
  Buffer last = stock.take();
  const char* const bytes = last.data();
  stock.give(std::move(last));

  list.append("abc");
  const char* used = nullptr;
  ASSERT_TRUE(list.each([&](std::string_view piece) {
                    used = piece.data();
                    return Result<void>();
                  })
                  .ok());

  EXPECT_EQ(used, bytes);
  list = PieceList();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(stock.take().size(), kPieceBytes) << i;
  EXPECT_EQ(stock.take().size(), 0U);
}

TEST(PieceList, StopsAtTheSinksError) {
  PieceList list;
  list.append(std::string(3 * kPieceBytes, 'x'));
  int pieces = 0;

  const auto drained = list.drain([&](std::string_view) -> Result<void> {
    if (++pieces == 2) return error(ErrorCode::exhausted, "full");
    return {};
  });

  EXPECT_EQ(drained.error().message, "full");
  EXPECT_EQ(pieces, 2);
}

}  // namespace
}  // namespace salvor::repo::internal
