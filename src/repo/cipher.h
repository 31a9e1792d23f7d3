// How a repository's bytes are sealed: AES-256-CTR, authenticated by Poly1305-AES over the
// ciphertext. Sealed bytes are IV (16), ciphertext, MAC (16).
// Source: restic's doc/design.rst, "Keys, Encryption and MAC", and its internal/repository/crypto.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace salvor::repo {

// Opens everything in a repository. A secret: it is kept in key files, under a password.
struct MasterKey {
  std::string encrypt;  // 32 bytes
  std::string mac_k;    // 16 bytes
  std::string mac_r;    // 16 bytes

  bool operator==(const MasterKey&) const = default;
};

inline constexpr std::size_t kIvBytes = 16;
inline constexpr std::size_t kMacBytes = 16;
inline constexpr std::size_t kSealBytes = kIvBytes + kMacBytes;  // what sealing adds

MasterKey new_master_key();

// One thread at a time; dear to make, so each thread keeps its own.
class Cipher {
 public:
  // Requires: the key's parts have their lengths.
  explicit Cipher(const MasterKey& key);
  ~Cipher();
  Cipher(Cipher&&) noexcept;
  Cipher& operator=(Cipher&&) = delete;

  // Seals in place, under a random IV. Requires: the plain bytes stand behind the first kIvBytes,
  // and before the last kMacBytes.
  void seal(std::span<char> bytes);
  // Appends the sealed bytes.
  void seal(std::string_view plain, std::string& out);
  std::string sealed(std::string_view plain);
  // Decrypts in place; the plain bytes are a part of what was handed in. Fails with corrupt when
  // the bytes are not what was sealed with this key; then they are left as they were.
  Result<std::string_view> open(std::span<char> sealed);
  // The same, handed to the sink by pieces that `room` holds. Fails with the sink's error, too.
  using PieceSink = std::function<Result<void>(std::string_view piece)>;
  Result<void> open_by_pieces(std::string_view sealed, std::span<char> room, const PieceSink& sink);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace salvor::repo
