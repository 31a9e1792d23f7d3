// The name of what a repository holds: the SHA-256 of its bytes.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace salvor::repo {

struct Id {
  std::array<unsigned char, 32> bytes{};

  auto operator<=>(const Id&) const = default;
  // 64 lower-case hex digits, as names and JSON have it.
  std::string hex() const;
  // The first eight digits, as people are shown it.
  std::string brief() const { return hex().substr(0, 8); }
};

// Nothing when the text is not 64 lower-case hex digits.
std::optional<Id> parse_id(std::string_view text);

Id id_of(std::string_view bytes);

// The same of bytes that come in pieces. One thread at a time.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  void add(std::string_view bytes);
  // Of all that was added since the one before.
  Id finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// For unordered containers: an id's bytes are as good as random.
struct IdHash {
  std::size_t operator()(const Id& id) const {
    std::size_t hash = 0;
    std::memcpy(&hash, id.bytes.data(), sizeof hash);
    return hash;
  }
};

}  // namespace salvor::repo
