#include "api/member_scan.h"

namespace salvor::api {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::size_t after_blank(std::string_view text, std::size_t at) {
  const std::size_t found = text.find_first_not_of(kBlank, at);
  return found == std::string_view::npos ? text.size() : found;
}

// The place after a string that opens at `at`.
std::size_t after_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    at = text.find_first_of("\\\"", at);
    if (at == std::string_view::npos) return text.size();
    if (text[at] == '"') return at + 1;
    ++at;  // whatever is escaped
  }
  return text.size();
}

std::size_t after_nested(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    at = text.find_first_of("\"{}[]", at);
    if (at == std::string_view::npos) return text.size();
    if (text[at] == '"') {
      at = after_string(text, at);
      continue;
    }
    const bool opens = text[at] == '{' || text[at] == '[';
    ++at;
    if (opens) {
      ++depth;
    } else if (--depth == 0) {
      return at;
    }
  }
  return text.size();
}

std::size_t after_value(std::string_view text, std::size_t at) {
  if (at >= text.size()) return text.size();
  if (text[at] == '"') return after_string(text, at);
  if (text[at] == '{' || text[at] == '[') return after_nested(text, at);
  const std::size_t end = text.find_first_of(", \t\r\n}]", at);
  return end == std::string_view::npos ? text.size() : end;
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
