// Which seeds a simulator's program tries. What goes wrong prints its seed, and the world can be
// tried again:
//
//   sim_test --seed=4711          or SALVOR_SIM_SEED=4711 sim_test
//   sim_test --worlds=5000        a longer run, from the first seed on
#pragma once

#include <cstdint>
#include <optional>

namespace salvor::sim {

struct Choice {
  std::uint64_t first = 1;
  std::optional<std::uint64_t> worlds{};  // nothing: as many as the test thinks fit

  std::uint64_t last(std::uint64_t usual) const { return first + worlds.value_or(usual) - 1; }
};

// What the command line and the environment say.
const Choice& choice();

}  // namespace salvor::sim
