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
constexpr std::size_t kNone = static_cast<std::size_t>(-1);
// What is looked at at once: large, as each lane begins with a window of its own; and small, as the
// chunk may end in the first.
constexpr std::size_t kLanes = 4;
constexpr std::size_t kLaneLength = 4096;

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

std::uint64_t Chunker::slid(std::uint64_t digest, unsigned char leaves, unsigned char comes) const {
  digest ^= out_[leaves];
  const std::uint64_t top = digest >> kTopByte;
  return ((digest << 8) | comes) ^ mod_[top];
}

// Places that follow each other, and the digest of the window before the one that is looked at.
struct Chunker::Lane {
  const unsigned char* place;
  std::uint64_t digest = 0;
  std::size_t match = kNone;  // the number of the first place where a chunk may end
};

Chunker::Lane Chunker::lane_at(const unsigned char* place) const {
  Lane lane{place};
  for (const unsigned char* byte = place - kWindow; byte != place; ++byte)
    lane.digest = slid(lane.digest, 0, *byte);
  return lane;
}

// Looks at one place, and goes on to the next.
inline void Chunker::step(Lane& lane, std::size_t number) const {
  if ((lane.digest & kCutMask) == 0 && lane.match == kNone) lane.match = number;
  lane.digest = slid(lane.digest, *(lane.place - kWindow), *lane.place);
  ++lane.place;
}

// A digest waits for the one before it. Those of four lanes do not wait for each other, so that
// they take little longer than those of one.
std::optional<std::size_t> Chunker::first_match_in_lanes(const unsigned char* place,
                                                         std::size_t length) const {
  Lane first = lane_at(place);
  Lane second = lane_at(place + length);
  Lane third = lane_at(place + 2 * length);
  Lane fourth = lane_at(place + 3 * length);
  for (std::size_t number = 0; number < length && first.match == kNone; ++number) {
    step(first, number);
    step(second, number);
    step(third, number);
    step(fourth, number);
  }
  if (first.match != kNone) return first.match;
  if (second.match != kNone) return length + second.match;
  if (third.match != kNone) return 2 * length + third.match;
  if (fourth.match != kNone) return 3 * length + fourth.match;
  return std::nullopt;
}

// Of so many places. Requires: there is a window before the first.
std::optional<std::size_t> Chunker::first_match(const unsigned char* place,
                                                std::size_t count) const {
  std::size_t done = 0;
  // The last place of a lane is followed by a byte that comes into its window.
  for (; count - done > kLanes * kLaneLength; done += kLanes * kLaneLength) {
    if (const auto match = first_match_in_lanes(place + done, kLaneLength)) return done + *match;
  }
  std::uint64_t digest = lane_at(place + done).digest;
  for (; done < count; ++done) {
    if ((digest & kCutMask) == 0) return done;
    if (done + 1 < count) digest = slid(digest, *(place + done - kWindow), *(place + done));
  }
  return std::nullopt;
}

// Only the 64 bytes before a place decide whether a chunk ends there, and no chunk ends before its
// least length: what is before the first window is not looked at.
std::optional<std::size_t> Cut::find(std::string_view bytes) {
  if (bytes.size() < kChunkMin) return std::nullopt;
  const std::size_t most = std::min(bytes.size(), kChunkMax);
  const auto* const data = reinterpret_cast<const unsigned char*>(bytes.data());
  if (at_ <= most) {
    const auto match = chunker_.first_match(data + at_, most + 1 - at_);
    if (match) return at_ + *match;
  }
  at_ = most + 1;
  if (most == kChunkMax) return kChunkMax;
  return std::nullopt;
}

}  // namespace salvor::repo
