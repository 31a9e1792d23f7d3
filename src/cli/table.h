// Columns of text that fit the terminal.
#pragma once

#include <string>
#include <vector>

#include "cli/style.h"

namespace salvor::cli {

struct Cell {
  std::string text;  // anything; made visible() when the table is written
  Tone tone = Tone::plain;
};

enum class Align { left, right };

struct Column {
  std::string title;  // "NAME"
  Align align = Align::left;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Requires: as many cells as columns.
  void add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }

  // The table with its titles, two blanks between columns, no blanks at line ends. With a width,
  // the widest columns are cut (with "…") until the lines fit, but never below 8 columns each;
  // width 0 cuts nothing.
  std::string text(const Style& style, std::size_t width = 0) const;

 private:
  std::vector<std::size_t> fitted_widths(std::size_t width) const;
  std::string line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                   const Style& style) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;  // texts are visible()
};

}  // namespace salvor::cli
