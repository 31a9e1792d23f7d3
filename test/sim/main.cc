#include <gtest/gtest.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "sim/choice.h"

namespace salvor::sim {
namespace {

Choice chosen;

// Returns whether the word was one of ours.
bool take_option(std::string_view word, std::string_view name, std::uint64_t& value) {
  if (!word.starts_with(name)) return false;
  word.remove_prefix(name.size());
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
  return problem == std::errc() && end == word.data() + word.size();
}

void take_choice(int count, char** words) {
  std::uint64_t number = 0;
  if (const char* seed = std::getenv("SALVOR_SIM_SEED")) {
    if (take_option(seed, "", chosen.first)) chosen.worlds = 1;
  }
  for (int i = 1; i < count; ++i) {
    if (take_option(words[i], "--seed=", chosen.first)) chosen.worlds = 1;
    if (take_option(words[i], "--worlds=", number)) chosen.worlds = number;
  }
}

}  // namespace

const Choice& choice() { return chosen; }

}  // namespace salvor::sim

int main(int count, char** words) {
  testing::InitGoogleTest(&count, words);
  salvor::sim::take_choice(count, words);
  return RUN_ALL_TESTS();
}
