#include "cli/table.h"

#include <gtest/gtest.h>

#include <sstream>

#include <random>

#include "cli/text.h"

namespace salvor::cli {
namespace {

const Style kPlain(Style::Colours::off);

Table fleet() {
  Table table({{"NAME"}, {"STATE"}, {"ITEMS", Align::right}});
  table.add({{"production-in-zürich"}, {"ACTIVE", Tone::good}, {"12"}});
  table.add({{"lab"}, {""}, {"1,234"}});
  return table;
}

TEST(Table, AlignsItsColumnsAndEndsLinesWithoutBlanks) {
  EXPECT_EQ(fleet().text(kPlain),
            "NAME                  STATE   ITEMS\n"
            "production-in-zürich  ACTIVE     12\n"
            "lab                           1,234\n");
}

TEST(Table, CutsTheWidestColumnUntilItFits) {
  EXPECT_EQ(fleet().text(kPlain, 30),
            "NAME             STATE   ITEMS\n"
            "production-in-…  ACTIVE     12\n"
            "lab                      1,234\n");
}

TEST(Table, NeverCutsAColumnBelowEightColumns) {
  EXPECT_EQ(fleet().text(kPlain, 10),
            "NAME      STATE   ITEMS\n"
            "product…  ACTIVE     12\n"
            "lab               1,234\n");
}

TEST(Table, LeavesTheLastCellOpenWhenItIsEmpty) {
  Table table({{"A"}, {"B"}});
  table.add({{"x"}, {""}});

  EXPECT_EQ(table.text(kPlain), "A  B\nx\n");
}

TEST(Table, ColoursDoNotChangeTheAlignment) {
  Table table({{"STATE"}, {"N"}});
  table.add({{"OK", Tone::good}, {"1"}});

  EXPECT_EQ(table.text(Style(Style::Colours::on)),
            "\033[1mSTATE\033[0m  \033[1mN\033[0m\n"
            "\033[32mOK\033[0m     1\n");
}

TEST(Table, CellsCannotSendEscapeCodes) {
  Table table({{"NAME"}});
  table.add({{"\033]0;owned\a"}});

  EXPECT_EQ(table.text(kPlain), "NAME\n ]0;owned \n");
}

TEST(Table, EveryLineFitsAWidthThatHoldsEightColumnsEach) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    const std::size_t columns = 1 + random() % 6;
    Table table(
        std::vector<Column>(columns, Column{"TITLE", random() % 2 ? Align::left : Align::right}));
    for (std::size_t row = random() % 5; row > 0; --row) {
      std::vector<Cell> cells(columns);
      for (Cell& cell : cells) cell.text = std::string(random() % 60, 'x');
      table.add(std::move(cells));
    }
    const std::size_t width = columns * 10 + random() % 60;

    std::istringstream lines(table.text(kPlain, width));

    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(columns_of(line), width) << round;
      EXPECT_FALSE(line.ends_with(' ')) << round;
    }
  }
}

}  // namespace
}  // namespace salvor::cli
