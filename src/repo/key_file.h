// A repository's key files: the master key under one password each, derived by scrypt.
// Source: restic's doc/design.rst, "Keys, Encryption and MAC". The texts are foreign bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "repo/cipher.h"

namespace salvor::repo {

// How dear each guess of a password is: memory is 128·n·r bytes.
struct ScryptCost {
  std::uint64_t n = 32768;  // a power of two
  std::uint32_t r = 8;
  std::uint32_t p = 1;
};

// Whose password it is, as users are shown it.
struct KeyOwner {
  std::string username;
  std::string hostname;
};

// The text of a new key file.
std::string make_key_file(const MasterKey& key, std::string_view password, const KeyOwner& owner,
                          EpochSeconds now, const ScryptCost& cost = {});

// Fails with denied when the password is not this file's; with corrupt when the text is no key
// file, or asks for more memory (256 MiB) or rounds than a key file needs.
Result<MasterKey> open_key_file(std::string_view text, std::string_view password);

}  // namespace salvor::repo
