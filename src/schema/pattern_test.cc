#include "schema/pattern.h"

#include <gtest/gtest.h>

#include <random>
#include <regex>
#include <string>

namespace salvor::schema {
namespace {

const Pattern kPatterns[] = {dns_label(), dns_label_start(), dns_label_end(), dns_subdomain()};

// Short texts over the characters that matter, so that every rule is met often.
std::string random_text(std::mt19937& random) {
  static constexpr char kCharacters[] = "ab0-.A_";
  std::string text;
  const std::size_t length = random() % 8;
  for (std::size_t i = 0; i < length; ++i) text += kCharacters[random() % 7];
  return text;
}

TEST(Pattern, MatchesWhatItsRegexMatches) {
  std::mt19937 random(1);
  for (const Pattern& pattern : kPatterns) {
    const std::regex shown(pattern.regex);
    for (int i = 0; i < 500; ++i) {
      const std::string text = random_text(random);
      EXPECT_EQ(pattern.matches(text), std::regex_match(text, shown)) << pattern.regex << text;
    }
  }
}

TEST(Pattern, BoundsTheLengthOfALabel) {
  EXPECT_TRUE(dns_label().matches(std::string(63, 'a')));
  EXPECT_FALSE(dns_label().matches(std::string(64, 'a')));
  EXPECT_FALSE(dns_label_start().matches(std::string(64, 'a')));
  EXPECT_FALSE(dns_label_end().matches(std::string(64, 'a')));
}

TEST(Pattern, BoundsTheLengthOfASubdomain) {
  std::string name(50, 'a');
  while (name.size() < 250) name += "." + std::string(50, 'a');

  EXPECT_FALSE(dns_subdomain().matches(name));
  EXPECT_TRUE(dns_subdomain().matches(name.substr(0, 253)));
}

TEST(Pattern, TakesNoEmptyLabelButAnEmptyPrefix) {
  EXPECT_FALSE(dns_label().matches(""));
  EXPECT_TRUE(dns_label_start().matches(""));
  EXPECT_TRUE(dns_label_end().matches(""));
}

}  // namespace
}  // namespace salvor::schema
