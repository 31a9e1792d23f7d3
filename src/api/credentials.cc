#include "api/credentials.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/digest.h"
#include "base/random.h"

namespace salvor::api {
namespace {

constexpr std::string_view kBlank = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool equal_without_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

// Both alphabets of base64; stops at what belongs to neither, so padding ends it.
std::string base64_decoded(std::string_view text) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    if (c == '-') c = '+';
    if (c == '_') c = '/';
    const std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) break;
    bits = bits << 6U | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> static_cast<unsigned>(count) & 255U);
    }
  }
  return bytes;
}

}  // namespace

std::string new_key() { return base64url(random_bytes(96)); }

bool is_key(const std::string& text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  return text.size() >= 100 && text.size() <= 255 && std::all_of(text.begin(), text.end(), allowed);
}

std::string key_hash(const std::string& key) { return hex(sha256(key)); }

std::string key_snippet(const std::string& key) {
  return key.substr(key.size() - std::min<std::size_t>(key.size(), 4));
}

std::string presented_token(const http::Headers& headers) {
  const std::string header = http::header(headers, "Authorization");
  const std::string_view value = trimmed(header);
  const std::size_t blank = value.find_first_of(kBlank);
  if (blank == std::string_view::npos) return std::string(value);

  const std::string_view scheme = value.substr(0, blank);
  const std::string_view rest = trimmed(value.substr(blank));
  if (equal_without_case(scheme, "bearer") || equal_without_case(scheme, "token")) {
    return std::string(rest);
  }
  if (!equal_without_case(scheme, "basic")) return {};
  const std::string pair = base64_decoded(rest);
  return pair.substr(0, pair.find(':'));
}

}  // namespace salvor::api
