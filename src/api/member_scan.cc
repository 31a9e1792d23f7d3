#include "api/member_scan.h"

namespace salvor::api {
namespace {

// The wire's form has blanks and no other white space between its parts.
std::size_t after_blank(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

// The place after a string that opens at `at`. Quotes are looked for with memchr, because most of a
// document's bytes are inside strings.
std::size_t after_string(std::string_view text, std::size_t at) {
  const std::size_t begin = at + 1;
  std::size_t quote = text.find('"', begin);
  while (quote != std::string_view::npos) {
    std::size_t escapes = 0;
    while (quote - escapes > begin && text[quote - escapes - 1] == '\\') ++escapes;
    if (escapes % 2 == 0) return quote + 1;
    quote = text.find('"', quote + 1);
  }
  return text.size();
}

std::size_t after_nested(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = after_string(text, at);
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return text.size();
}

bool ends_scalar(char c) { return c == ',' || c == '}' || c == ']' || c == ' '; }

std::size_t after_value(std::string_view text, std::size_t at) {
  if (at >= text.size()) return text.size();
  if (text[at] == '"') return after_string(text, at);
  if (text[at] == '{' || text[at] == '[') return after_nested(text, at);
  while (at < text.size() && !ends_scalar(text[at])) ++at;
  return at;
}

}  // namespace

MemberScan::MemberScan(std::string_view object) : text_(object) {
  at_ = after_blank(text_, 0);
  if (at_ < text_.size() && text_[at_] == '{') ++at_;
}

std::optional<Member> MemberScan::next() {
  at_ = after_blank(text_, at_);
  if (at_ < text_.size() && text_[at_] == ',') at_ = after_blank(text_, at_ + 1);
  if (at_ >= text_.size() || text_[at_] != '"') return std::nullopt;

  const std::size_t key_end = after_string(text_, at_);
  const std::string_view key = text_.substr(at_ + 1, key_end - at_ - 2);
  const std::size_t colon = after_blank(text_, key_end);
  const std::size_t value = after_blank(text_, colon + 1);
  if (value >= text_.size()) return std::nullopt;
  at_ = after_value(text_, value);
  return Member{key, text_.substr(value, at_ - value)};
}

std::optional<std::string_view> plain_string(std::string_view value) {
  if (value.size() < 2 || value.front() != '"') return std::nullopt;
  const std::string_view inside = value.substr(1, value.size() - 2);
  if (inside.find('\\') != std::string_view::npos) return std::nullopt;
  return inside;
}

}  // namespace salvor::api
