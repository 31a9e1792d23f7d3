// A store that tries again what may pass: around any other.
#pragma once

#include <functional>
#include <memory>

#include "objectstore/store.h"

namespace salvor::objectstore {

struct Patience {
  unsigned tries_max = 8;               // of one call
  std::chrono::seconds total_max{300};  // from its first try to the beginning of its last
  // The pause after try n is anything up to first_pause * 2^n, and up to pause_max.
  std::chrono::milliseconds first_pause{200};
  std::chrono::milliseconds pause_max{30'000};
  // A number in [0, 1) at each call; any thread may call. Null: the system's randomness.
  std::function<double()> jitter{};
};

// What failed with unavailable is tried again; so is what failed with unknown_outcome where doing
// it twice is doing it once: everything but the end of an upload. That is settled by looking: an
// object of the name that has all of the bytes is taken for ours. (Two writers of one name and one
// size, of whom one's connection breaks, may both be told that they wrote it; names in this program
// are those of contents or of attempts, so that their bytes are the same.) Every other failure is
// returned at once, and the last one when patience ends or would go beyond the context's deadline.
//
// A get() that breaks goes on where it broke. Memory: none beyond the other store's.
std::unique_ptr<Store> make_retrying_store(std::unique_ptr<Store> store, Patience patience = {});

}  // namespace salvor::objectstore
