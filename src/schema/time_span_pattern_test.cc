#include "schema/time_span_pattern.h"

#include <gtest/gtest.h>

#include <random>
#include <regex>
#include <string>

namespace salvor::schema {
namespace {

TEST(TimeSpanPattern, MatchesWhatItsRegexMatches) {
  static constexpr std::string_view kCharacters = "0123hms-d ";
  std::mt19937 random(1);
  const std::regex shown(time_span().regex);
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    const std::size_t length = random() % 9;
    for (std::size_t k = 0; k < length; ++k) text += kCharacters[random() % kCharacters.size()];
    EXPECT_EQ(time_span().matches(text), std::regex_match(text, shown)) << text;
  }
}

}  // namespace
}  // namespace salvor::schema
