#include "kube/internal/json_cursor.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace salvor::kube {

bool JsonCursor::enter_object() { return enter('{'); }

bool JsonCursor::enter_array() { return enter('['); }

bool JsonCursor::enter(char bracket) {
  if (is_broken_ || !is_at(bracket)) return !broken().empty();
  ++at_;
  is_first_ = true;
  return true;
}

std::optional<std::string_view> JsonCursor::next_member() {
  if (!next('}')) return std::nullopt;
  const std::string_view name = string();
  if (name.empty() || !is_at(':')) {
    broken();
    return std::nullopt;
  }
  ++at_;
  return name.substr(1, name.size() - 2);
}

bool JsonCursor::next_element() { return next(']'); }

// Past the comma, if there must be one, to the next part; or past the closing bracket.
bool JsonCursor::next(char closing_bracket) {
  if (is_broken_) return false;
  if (is_at(closing_bracket)) {
    ++at_;
    is_first_ = false;
    return false;
  }
  if (is_first_) {
    is_first_ = false;
    return true;
  }
  if (!is_at(',')) return !broken().empty();
  ++at_;
  return true;
}

std::string_view JsonCursor::value() {
  if (is_broken_) return {};
  skip_blanks();
  if (at_ >= text_.size()) return broken();
  const char first = text_[at_];
  if (first == '"') return string();
  if (first == '{' || first == '[') return nested();
  return word();
}

// With its quotes.
std::string_view JsonCursor::string() {
  skip_blanks();
  const std::size_t start = at_;
  if (!is_at('"') || !skip_string()) return broken();
  return slice_from(start);
}

// An object or array up to the bracket that closes it; brackets in strings don't count.
std::string_view JsonCursor::nested() {
  const std::size_t start = at_;
  std::size_t depth = 0;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '"') {
      if (!skip_string()) return broken();
      continue;
    }
    ++at_;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return slice_from(start);
  }
  return broken();
}

// A number, true, false or null.
std::string_view JsonCursor::word() {
  const std::size_t start = at_;
  at_ = std::min(text_.find_first_of(",}] \n\r\t", at_), text_.size());
  if (at_ == start) return broken();
  return slice_from(start);
}

// From an opening quote past the closing one: the first quote with an even number of backslashes
// before it.
bool JsonCursor::skip_string() {
  const char* const end = text_.data() + text_.size();
  const char* const first = text_.data() + at_ + 1;
  const char* from = first;
  while (true) {
    const auto left = static_cast<std::size_t>(end - from);
    const auto* quote = static_cast<const char*>(std::memchr(from, '"', left));
    if (quote == nullptr) return false;
    const char* before = quote;
    while (before > first && before[-1] == '\\') --before;
    const bool is_escaped = (quote - before) % 2 != 0;
    from = quote + 1;
    if (is_escaped) continue;
    at_ = static_cast<std::size_t>(from - text_.data());
    return true;
  }
}

bool JsonCursor::is_at(char expected) {
  skip_blanks();
  return at_ < text_.size() && text_[at_] == expected;
}

bool JsonCursor::is_at_end() {
  skip_blanks();
  return !is_broken_ && at_ == text_.size();
}

void JsonCursor::skip_blanks() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
    ++at_;
  }
}

std::string_view JsonCursor::broken() {
  is_broken_ = true;
  return {};
}

Error JsonCursor::problem() const {
  return error(ErrorCode::corrupt, "broken JSON at byte " + std::to_string(at_));
}

}  // namespace salvor::kube
