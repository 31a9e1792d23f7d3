// Looking back from a place in a text, piece by piece. Of free_text_forms.cc alone. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

namespace salvor::restore::internal {

using View = std::string_view;

inline bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
inline bool is_alpha(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
inline bool is_blank(char c) { return c == ' ' || c == '\t'; }

inline std::string lower(View text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return made;
}

inline bool contains(View text, View part) { return text.find(part) != View::npos; }

template <std::size_t N>
bool is_one_of(const std::array<View, N>& words, View word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Takes off the end what `fits`, and gives it back.
template <typename Fits>
View take_back(View& text, const Fits& fits) {
  std::size_t begin = text.size();
  while (begin > 0 && fits(text[begin - 1])) --begin;
  const View taken = text.substr(begin);
  text = text.substr(0, begin);
  return taken;
}

inline View take_any_of(View& text, View characters) {
  return take_back(text, [&](char c) { return contains(characters, View(&c, 1)); });
}

inline bool take_end(View& text, View end) {
  if (!text.ends_with(end)) return false;
  text.remove_suffix(end.size());
  return true;
}

inline View line_end(View text) {
  const std::size_t end = text.rfind('\n');
  return end == View::npos ? text : text.substr(end + 1);
}

inline View trimmed(View line) {
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  while (!line.empty() && (is_blank(line.back()) || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

// The line before the place's, the one before that, …
class LinesBack {
 public:
  explicit LinesBack(View before) : rest_(before), line_(line_end(before)) {}
  View line() const { return line_; }
  bool next() {
    const std::size_t taken = line_.size() + 1;
    if (taken > rest_.size()) return false;
    rest_.remove_suffix(taken);
    line_ = line_end(rest_);
    return true;
  }

 private:
  View rest_;
  View line_;
};

}  // namespace salvor::restore::internal
