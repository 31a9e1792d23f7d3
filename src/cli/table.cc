#include "cli/table.h"

#include <algorithm>
#include <numeric>

#include "cli/text.h"

namespace salvor::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kWidthMin = 8;

}  // namespace

void Table::add(std::vector<Cell> row) {
  CHECK(row.size() == columns_.size());
  for (Cell& cell : row) cell.text = visible(cell.text);
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::fitted_widths(std::size_t width) const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(columns_of(column.title));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], columns_of(row[i].text));
    }
  }
  if (width == 0 || widths.empty()) return widths;
  std::size_t total = std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
  while (total > width) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kWidthMin) break;
    --*widest;
    --total;
  }
  return widths;
}

std::string Table::line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                        const Style& style) const {
  std::string text;
  std::size_t blanks = 0;  // owed, and only paid when more text follows
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string shown = shortened(cells[i].text, std::max<std::size_t>(widths[i], 1));
    const std::size_t padding = widths[i] - std::min(widths[i], columns_of(shown));
    if (columns_[i].align == Align::right) blanks += padding;
    if (!shown.empty()) {
      text += std::string(blanks, ' ') + style.paint(shown, cells[i].tone);
      blanks = 0;
    }
    if (columns_[i].align == Align::left) blanks += padding;
    blanks += kGap;
  }
  return text + "\n";
}

std::string Table::text(const Style& style, std::size_t width) const {
  const std::vector<std::size_t> widths = fitted_widths(width);
  std::vector<Cell> titles;
  for (const Column& column : columns_) titles.push_back({column.title, Tone::strong});
  std::string text = line(titles, widths, style);
  for (const auto& row : rows_) text += line(row, widths, style);
  return text;
}

}  // namespace salvor::cli
