#include "http/request_line.h"

#include <algorithm>

namespace salvor::http {
namespace {

constexpr std::string_view kVersionMark = " HTTP/1.";
constexpr std::size_t kVersionLength = 8;  // "HTTP/1.1"

bool may_stand_in_target(char c) {
  constexpr std::string_view kNever = "\"<>\\^`{|}#";
  return c > 0x20 && c < 0x7f && kNever.find(c) == std::string_view::npos;
}

// RFC 9110, 5.6.2: what names of methods and headers are made of.
bool is_token_char(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         kMarks.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool looks_like_header(std::string_view line) {
  return is_token(line.substr(0, line.find_first_of(" \t:"))) &&
         line.find(':') != std::string_view::npos;
}

// Where the first line's " HTTP/1.x" stands, or npos.
std::size_t find_version(std::string_view head) {
  std::size_t at = head.find(kVersionMark);
  while (at != std::string_view::npos) {
    const std::string_view tail = head.substr(at + kVersionMark.size(), 3);
    if (tail == "0\r\n" || tail == "1\r\n") return at;
    at = head.find(kVersionMark, at + 1);
  }
  return at;
}

// The rules for targets that RFC 9112 knows nothing of.
bool is_unambiguous(std::string_view target) {
  const std::size_t first_gap = target.find_first_of(" \t\r\n");
  if (first_gap == std::string_view::npos) return true;
  if (!target.starts_with("/api") || target.find('?') > first_gap) return false;
  if (target.find(" HTTP/") != std::string_view::npos) return false;

  std::size_t line_end = target.find('\n');
  while (line_end != std::string_view::npos) {
    const std::string_view rest = target.substr(line_end + 1);
    if (looks_like_header(rest.substr(0, rest.find('\n')))) return false;
    const std::size_t next = rest.find('\n');
    line_end = next == std::string_view::npos ? next : line_end + 1 + next;
  }
  return true;
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
}

// Each line ends with CRLF, holds no control character, and none continues the one before.
bool are_plain_lines(std::string_view fields) {
  while (!fields.empty()) {
    const std::size_t end = fields.find("\r\n");
    if (end == std::string_view::npos) return false;
    const std::string_view line = fields.substr(0, end);
    if (line.starts_with(' ') || line.starts_with('\t')) return false;
    if (std::any_of(line.begin(), line.end(), is_control)) return false;
    fields.remove_prefix(end + 2);
  }
  return true;
}

}  // namespace

std::string escape_target(std::string_view target) {
  if (std::all_of(target.begin(), target.end(), may_stand_in_target)) return std::string(target);

  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string escaped;
  escaped.reserve(target.size() * 2);
  for (const char c : target) {
    if (may_stand_in_target(c)) {
      escaped += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    escaped += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return escaped;
}

std::string RequestHead::strict_text() const {
  const std::string escaped = escape_target(target);
  std::string text;
  text.reserve(method.size() + escaped.size() + version.size() + fields.size() + 4);
  text.append(method).append(" ").append(escaped).append(" ");
  return text.append(version).append("\r\n").append(fields);
}

std::optional<RequestHead> split_request_head(std::string_view head) {
  if (!head.ends_with("\r\n\r\n")) return {};
  const std::size_t method_end = head.find(' ');
  const std::size_t target_end = find_version(head);
  if (target_end == std::string_view::npos || method_end >= target_end) return {};

  RequestHead parts;
  parts.method = head.substr(0, method_end);
  parts.target = head.substr(method_end + 1, target_end - method_end - 1);
  parts.version = head.substr(target_end + 1, kVersionLength);
  parts.fields = head.substr(target_end + 1 + kVersionLength + 2);
  if (!is_token(parts.method) || parts.target.empty()) return {};
  if (parts.target.find('\0') != std::string_view::npos) return {};
  if (!is_unambiguous(parts.target) || !are_plain_lines(parts.fields)) return {};
  return parts;
}

}  // namespace salvor::http
