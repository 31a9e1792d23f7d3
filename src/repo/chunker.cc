#include "repo/chunker.h"

#include <bit>
#include <charconv>
#include <cstring>

#include "base/check.h"
#include "base/random.h"

namespace salvor::repo {
namespace {

constexpr int kDegree = 53;
constexpr std::size_t kWindow = 64;
constexpr std::uint64_t kCutMask = (1 << 20) - 1;  // a cut each MiB, on average, after the least
constexpr int kTopByte = kDegree - 8;

int degree(Polynomial x) { return static_cast<int>(std::bit_width(x)) - 1; }

Polynomial modulo(Polynomial x, Polynomial by) {
  while (degree(x) >= degree(by)) x ^= by << (degree(x) - degree(by));
  return x;
}

// (x·y) modulo `by`.
Polynomial multiply(Polynomial x, Polynomial y, Polynomial by) {
  Polynomial product = 0;
  for (int bit = degree(y); bit >= 0; --bit) {
    product = modulo(product << 1, by);
    if ((y >> bit) & 1) product ^= x;
  }
  return modulo(product, by);
}

Polynomial common_divisor(Polynomial x, Polynomial y) {
  while (y != 0) {
    x = modulo(x, y);
    std::swap(x, y);
  }
  return x;
}

std::uint64_t append(std::uint64_t hash, unsigned char byte, Polynomial polynomial) {
  return modulo((hash << 8) | byte, polynomial);
}

}  // namespace

// Ben-Or: irreducible unless it shares a divisor with x^(2^i) − x for an i up to half its degree.
bool is_irreducible(Polynomial polynomial) {
  Polynomial power = 2;  // x
  for (int i = 1; i <= degree(polynomial) / 2; ++i) {
    power = multiply(power, power, polynomial);
    if (common_divisor(polynomial, power ^ 2) != 1) return false;
  }
  return degree(polynomial) > 0;
}

Polynomial random_polynomial() {
  while (true) {
    Polynomial polynomial = 0;
    std::memcpy(&polynomial, random_bytes(sizeof polynomial).data(), sizeof polynomial);
    polynomial &= (Polynomial{1} << (kDegree + 1)) - 1;
    polynomial |= (Polynomial{1} << kDegree) | 1;
    if (is_irreducible(polynomial)) return polynomial;
  }
}

std::string to_hex(Polynomial polynomial) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), polynomial, 16).ptr;
  return {digits.data(), end};
}

std::optional<Polynomial> parse_polynomial(std::string_view text) {
  Polynomial polynomial = 0;
  const auto [end, problem] =
      std::from_chars(text.data(), text.data() + text.size(), polynomial, 16);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (degree(polynomial) != kDegree || !is_irreducible(polynomial)) return std::nullopt;
  return polynomial;
}

Chunker::Chunker(Polynomial polynomial) {
  CHECK(degree(polynomial) == kDegree);
  for (std::size_t byte = 0; byte < 256; ++byte) {
    std::uint64_t hash = append(0, static_cast<unsigned char>(byte), polynomial);
    for (std::size_t i = 1; i < kWindow; ++i) hash = append(hash, 0, polynomial);
    out_[byte] = hash;
    mod_[byte] =
        modulo(std::uint64_t{byte} << kDegree, polynomial) | (std::uint64_t{byte} << kDegree);
  }
}

std::size_t Chunker::cut(std::string_view bytes) const {
  return Cut(*this).find(bytes).value_or(bytes.size());
}

// A chunk begins with a window of zeros and a 1, and its first bytes are not looked at: the window
// that counts is that of the 64 bytes before each place from the least length on.
std::optional<std::size_t> Cut::find(std::string_view bytes) {
  if (bytes.size() < kChunkMin) return std::nullopt;
  const std::size_t most = std::min(bytes.size(), kChunkMax);
  const auto* const data = reinterpret_cast<const unsigned char*>(bytes.data());
  std::uint64_t digest = digest_;
  std::size_t at = at_;
  const auto slide = [&](unsigned char leaves, unsigned char comes) {
    digest ^= chunker_.out_[leaves];
    const std::uint64_t top = digest >> kTopByte;
    digest = ((digest << 8) | comes) ^ chunker_.mod_[top];
  };
  if (at == 0) {
    at = kChunkMin - kWindow;
    slide(0, 1);
    // The 1 leaves the window with the 64th byte.
    for (std::size_t i = 0; i < kWindow; ++i) slide(i + 1 == kWindow ? 1 : 0, data[at + i]);
    at += kWindow;
  }
  while ((digest & kCutMask) != 0 && at < most) {
    slide(data[at - kWindow], data[at]);
    ++at;
  }
  digest_ = digest;
  at_ = at;
  if ((digest & kCutMask) == 0 || at == kChunkMax) return at;
  return std::nullopt;
}

}  // namespace salvor::repo
