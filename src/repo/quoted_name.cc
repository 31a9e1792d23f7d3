#include "repo/quoted_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace salvor::repo {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Controls, blanks other than the space, marks of direction, places for private use.
constexpr std::array kUnprintable = {
    Range{0x00, 0x1f},     Range{0x7f, 0xa0},       Range{0xad, 0xad},        Range{0x1680, 0x1680},
    Range{0x180e, 0x180e}, Range{0x2000, 0x200f},   Range{0x2028, 0x202f},    Range{0x205f, 0x206f},
    Range{0x3000, 0x3000}, Range{0xd800, 0xf8ff},   Range{0xfeff, 0xfeff},    Range{0xfff0, 0xfffb},
    Range{0xfffe, 0xffff}, Range{0xe0000, 0xe0fff}, Range{0xf0000, 0x10ffff},
};

bool is_printable(char32_t point) {
  return std::none_of(kUnprintable.begin(), kUnprintable.end(), [&](const Range& range) {
    return point >= range.first && point <= range.last;
  });
}

struct ShortEscape {
  char letter;
  char byte;
};
constexpr std::array kShortEscapes = {
    ShortEscape{'a', '\a'}, ShortEscape{'b', '\b'},  ShortEscape{'f', '\f'},
    ShortEscape{'n', '\n'}, ShortEscape{'r', '\r'},  ShortEscape{'t', '\t'},
    ShortEscape{'v', '\v'}, ShortEscape{'\\', '\\'}, ShortEscape{'"', '"'},
};

void append_quoted(std::string& out, char32_t point) {
  for (const auto& [letter, byte] : kShortEscapes) {
    if (point != static_cast<char32_t>(byte)) continue;
    out += '\\';
    out += letter;
    return;
  }
  if (is_printable(point)) return append_utf8(out, point);
  const auto number = static_cast<std::uint32_t>(point);
  if (point < 0x80) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", number);
  } else if (point <= 0xffff) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", number);
  } else {
    fmt::format_to(std::back_inserter(out), "\\U{:08x}", number);
  }
}

// So many digits off the front.
std::optional<std::uint32_t> take_number(std::string_view& text, std::size_t digits, int base) {
  std::uint32_t number = 0;
  if (text.size() < digits) return std::nullopt;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + digits, number, base);
  if (problem != std::errc() || end != text.data() + digits) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool append_byte(std::string& out, std::optional<std::uint32_t> number) {
  if (!number || *number > 0xff) return false;
  out += static_cast<char>(*number);
  return true;
}

bool append_point(std::string& out, std::optional<std::uint32_t> number) {
  if (!number || *number > 0x10ffff || (*number >= 0xd800 && *number <= 0xdfff)) return false;
  append_utf8(out, *number);
  return true;
}

// What follows a backslash.
bool take_escape(std::string_view& text, std::string& out) {
  if (text.empty()) return false;
  const char letter = text.front();
  if (letter >= '0' && letter <= '7') return append_byte(out, take_number(text, 3, 8));
  text.remove_prefix(1);
  if (letter == 'x') return append_byte(out, take_number(text, 2, 16));
  if (letter == 'u') return append_point(out, take_number(text, 4, 16));
  if (letter == 'U') return append_point(out, take_number(text, 8, 16));
  for (const auto& [known, byte] : kShortEscapes) {
    if (letter != known) continue;
    out += byte;
    return true;
  }
  return false;
}

}  // namespace

std::optional<char32_t> take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  char32_t point = size == 1 ? first : first & (0x7f >> size);
  bool is_fine = (first < 0x80 || (first >= 0xc2 && first <= 0xf4)) && text.size() >= size;
  for (std::size_t i = 1; is_fine && i < size; ++i) {
    is_fine = (byte(i) & 0xc0) == 0x80;
    point = (point << 6) | (byte(i) & 0x3f);
  }
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  is_fine = is_fine && point >= kLeast[size] && point <= 0x10ffff &&
            !(point >= 0xd800 && point <= 0xdfff);
  text.remove_prefix(is_fine ? size : 1);
  return is_fine ? std::optional(point) : std::nullopt;
}

void append_utf8(std::string& out, char32_t point) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xc0 | (point >> 6));
  } else if (point < 0x10000) {
    put(0xe0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3f));
  } else {
    put(0xf0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3f));
    put(0x80 | ((point >> 6) & 0x3f));
  }
  put(0x80 | (point & 0x3f));
}

std::string quote_name(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  while (!name.empty()) {
    const auto byte = static_cast<unsigned char>(name.front());
    if (const auto point = take_code_point(name)) {
      append_quoted(out, *point);
    } else {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    }
  }
  return out;
}

std::optional<std::string> unquote_name(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '"' || c == '\n') return std::nullopt;
    if (c != '\\') {
      out += c;
    } else if (!take_escape(text, out)) {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace salvor::repo
