// Named text patterns. Each is one linear pass by hand over the text: no regular expression engine,
// so a hostile value cannot cost more than its length.
#pragma once

#include <string_view>

namespace salvor::schema {

// `regex` is how the API's messages and OpenAPI show the pattern; `matches` is what decides, and a
// test holds the two against each other.
struct Pattern {
  const char* regex = nullptr;  // null: no pattern
  bool (*matches)(std::string_view text) = nullptr;
};

// A DNS label (RFC 1123), 63 characters at most: a namespace's name.
Pattern dns_label();
// What may stand before, or after, the rest of a DNS label; also nothing at all.
Pattern dns_label_start();
Pattern dns_label_end();
// Dot-separated DNS labels, 253 characters at most: most names in Kubernetes.
Pattern dns_subdomain();

}  // namespace salvor::schema
