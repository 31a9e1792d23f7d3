// One seed, one world: what a backup holds, what its target has already, and what is asked for.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace salvor::sim {

// The one source of chance. Not the library's distributions, which differ between compilers.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : engine_(seed) {}

  // 0 … limit - 1
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  // True once in `n` times.
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <typename List>
  const auto& of(const List& list) {
    return list[below(list.size())];
  }
  template <typename List>
  void shuffle(List& list) {
    for (std::size_t left = list.size(); left > 1; --left)
      std::swap(list[left - 1], list[below(left)]);
  }

 private:
  std::mt19937_64 engine_;
};

struct World {
  std::vector<Json> backup;    // in the archive's order
  std::vector<Json> present;   // in the target before the restore
  std::vector<Json> arriving;  // made by somebody else just before the restore would
  Json restore;                // fields of its definition
};

enum class Size { small, usual };

// Everything in it is something that a cluster could hold, though some of it is refused by the
// target. Namespaces share kinds, names and needs; objects own each other, in circles too.
World make_world(std::uint64_t seed, Size size);

}  // namespace salvor::sim
