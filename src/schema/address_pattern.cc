#include "schema/address_pattern.h"

#include <algorithm>

namespace salvor::schema {
namespace {

constexpr std::size_t kHostMax = 253;
constexpr std::size_t kIpv6Max = 45;
constexpr std::size_t kPortMax = 5;
constexpr std::size_t kBucketMax = 255;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hexadecimal(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_host_character(char c) { return is_alphanumeric(c) || c == '.' || c == '-'; }
bool is_ipv6_character(char c) { return is_hexadecimal(c) || c == ':' || c == '.'; }
bool is_bucket_character(char c) { return is_host_character(c) || c == '_'; }

bool is_all(std::string_view text, std::size_t length_max, bool (*fits)(char)) {
  return !text.empty() && text.size() <= length_max && std::all_of(text.begin(), text.end(), fits);
}

// A port with its colon, or nothing.
bool is_port(std::string_view text) {
  return text.empty() || (text.front() == ':' && is_all(text.substr(1), kPortMax, is_digit));
}

std::string_view without_scheme(std::string_view text) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.starts_with(scheme)) return text.substr(scheme.size());
  }
  return text;
}

bool is_server_address(std::string_view text) {
  text = without_scheme(text);
  if (text.ends_with('/')) text.remove_suffix(1);
  if (!text.starts_with('[')) {
    const std::size_t host_end = std::min(text.find(':'), text.size());
    return is_all(text.substr(0, host_end), kHostMax, is_host_character) &&
           is_port(text.substr(host_end));
  }
  const std::size_t bracket = text.find(']');
  if (bracket == std::string_view::npos) return false;
  return is_all(text.substr(1, bracket - 1), kIpv6Max, is_ipv6_character) &&
         is_port(text.substr(bracket + 1));
}

bool is_bucket_name(std::string_view text) {
  return is_all(text, kBucketMax, is_bucket_character) && is_alphanumeric(text.front());
}

}  // namespace

Pattern server_address() {
  return {"^(https?://)?([A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]{1,45}\\])(:[0-9]{1,5})?/?$",
          is_server_address};
}

Pattern bucket_name() { return {"^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$", is_bucket_name}; }

}  // namespace salvor::schema
