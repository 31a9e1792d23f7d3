#include "base/random.h"

#include <sodium.h>

#include <atomic>
#include <cstdint>
#include <cstdio>

#include "base/check.h"

namespace salvor {

std::string random_bytes(std::size_t count) {
  CHECK(sodium_init() >= 0);
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), count);
  return bytes;
}

// Layout: 32 bits seconds, then a 64-bit counter that starts at random for each process. The
// counter's top byte starts low, so that it does not wrap within a process's life.
std::string new_object_id(EpochSeconds now) {
  static const std::uint64_t start = [] {
    std::uint64_t value = 0;
    for (const char c : random_bytes(7)) value = value << 8U | static_cast<unsigned char>(c);
    return value;
  }();
  static std::atomic<std::uint64_t> counter{0};
  const std::uint64_t low = start + counter.fetch_add(1);
  char text[25];
  std::snprintf(text, sizeof text, "%08x%016llx", static_cast<unsigned>(now),
                static_cast<unsigned long long>(low));
  return text;
}

bool is_object_id(const std::string& text) {
  return text.size() == 24 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string hex(const std::string& bytes) {
  static const char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4U];
    text += digits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

std::string base64url(const std::string& bytes) {
  std::string text(
      sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text.resize(text.find('\0'));
  return text;
}

}  // namespace salvor
