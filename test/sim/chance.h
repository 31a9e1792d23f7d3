// What a simulation leaves to chance, from a seed.
#pragma once

#include <cstdint>
#include <random>
#include <utility>

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

}  // namespace salvor::sim
