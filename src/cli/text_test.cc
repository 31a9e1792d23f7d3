#include "cli/text.h"

#include <gtest/gtest.h>

#include <random>

#include "cli/exit_code.h"

namespace salvor::cli {
namespace {

TEST(Text, ControlCharactersCannotReachTheTerminal) {
  EXPECT_EQ(visible("a\033[31mred\nb\x7f"), "a [31mred b ");
  EXPECT_EQ(visible("C1 \xc2\x9b here"), "C1   here");
}

TEST(Text, BytesThatAreNotUtf8BecomeQuestionMarks) {
  EXPECT_EQ(visible("\xff\xc3"), "??");
  EXPECT_EQ(visible("\xc3(x"), "?(x");
  EXPECT_EQ(visible("\xf5\x80\x80\x80"), "????");
}

TEST(Text, WellFormedTextStaysAsItIs) {
  EXPECT_EQ(visible("Zürich … 東京 🚢"), "Zürich … 東京 🚢");
}

TEST(Text, ShorteningCountsCodePointsAndMarksTheCut) {
  EXPECT_EQ(shortened("größer", 6), "größer");
  EXPECT_EQ(shortened("größer", 5), "größ…");
  EXPECT_EQ(shortened("größer", 1), "…");
}

TEST(Text, NumbersAreGroupedByThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(-1234567), "-1,234,567");
}

TEST(Text, CountsTakeThePluralTheyNeed) {
  EXPECT_EQ(counted(1, "item"), "1 item");
  EXPECT_EQ(counted(2000, "item"), "2,000 items");
  EXPECT_EQ(counted(2, "copy", "copies"), "2 copies");
}

TEST(Text, DurationsShowTwoUnitsAtMost) {
  EXPECT_EQ(short_duration(-3), "0s");
  EXPECT_EQ(short_duration(47), "47s");
  EXPECT_EQ(short_duration(192), "3m12s");
  EXPECT_EQ(short_duration(18180), "5h03m");
  EXPECT_EQ(short_duration(1036800), "12d");
}

TEST(Text, SizesUseBinaryUnits) {
  EXPECT_EQ(byte_size(1023), "1023 B");
  EXPECT_EQ(byte_size(1536), "1.5 KiB");
  EXPECT_EQ(byte_size(std::int64_t{5} << 30), "5.0 GiB");
}

TEST(Text, DatesOfTheApiBecomeSeconds) {
  EXPECT_EQ(rfc1123_seconds("Fri, 09 Oct 2020 21:05:44 GMT"), 1602277544);
  EXPECT_EQ(rfc1123_seconds("yesterday"), 0);
  EXPECT_EQ(rfc1123_seconds("Fri, 09 Oct 2020 21:05:44 GMT and more"), 0);
}

TEST(Text, PairsNeedBothSides) {
  EXPECT_EQ(split_pair("a=b=c", "A=B")->value, "b=c");
  for (const char* wrong : {"", "a", "=b", "a="}) {
    EXPECT_EQ(exit_code(split_pair(wrong, "A=B").error()), ExitCode::usage) << wrong;
  }
}

TEST(Text, TimeSpansHaveUnits) {
  EXPECT_EQ(*parse_duration("90"), 90);
  EXPECT_EQ(*parse_duration("15m"), 900);
  EXPECT_EQ(*parse_duration("2h"), 7200);
  EXPECT_EQ(*parse_duration("1d"), 86400);
  for (const char* wrong : {"", "m", "-1s", "1.5h", "3w", "99999999999"}) {
    EXPECT_EQ(exit_code(parse_duration(wrong).error()), ExitCode::usage) << wrong;
  }
}

TEST(Text, RandomBytesBecomeTextThatATerminalCanShow) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 24, ' ');
    for (char& c : bytes) c = static_cast<char>(random());

    const std::string shown = visible(bytes);

    EXPECT_EQ(visible(shown), shown) << round;
    EXPECT_EQ(shown.find('\033'), std::string::npos) << round;
    if (!shown.empty()) {
      const std::size_t columns = 1 + random() % 10;
      EXPECT_LE(columns_of(shortened(shown, columns)), columns) << round;
      EXPECT_EQ(visible(shortened(shown, columns)), shortened(shown, columns)) << round;
    }
  }
}

}  // namespace
}  // namespace salvor::cli
