#include "schema/pattern.h"

#include <algorithm>

namespace salvor::schema {
namespace {

constexpr std::size_t kLabelMax = 63;
constexpr std::size_t kSubdomainMax = 253;

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_label_character(char c) { return is_alphanumeric(c) || c == '-'; }

bool is_label_text(std::string_view text) {
  return text.size() <= kLabelMax && std::all_of(text.begin(), text.end(), is_label_character);
}

bool is_label(std::string_view text) {
  return !text.empty() && is_label_text(text) && is_alphanumeric(text.front()) &&
         is_alphanumeric(text.back());
}

bool is_label_start(std::string_view text) {
  return text.empty() || (is_label_text(text) && is_alphanumeric(text.front()));
}

bool is_label_end(std::string_view text) {
  return text.empty() || (is_label_text(text) && is_alphanumeric(text.back()));
}

bool is_subdomain(std::string_view text) {
  if (text.size() > kSubdomainMax) return false;
  while (true) {
    const std::size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

Pattern dns_label() { return {"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", is_label}; }

Pattern dns_label_start() { return {"^([a-z0-9][-a-z0-9]{0,62})?$", is_label_start}; }

Pattern dns_label_end() { return {"^([-a-z0-9]{0,62}[a-z0-9])?$", is_label_end}; }

Pattern dns_subdomain() {
  return {
      "^(?=.{1,253}$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
      "(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$",
      is_subdomain};
}

}  // namespace salvor::schema
