#include "schema/address_pattern.h"

#include <gtest/gtest.h>

#include <random>
#include <regex>
#include <string>

namespace salvor::schema {
namespace {

void expect(const Pattern& pattern, const std::string& text, bool is_right) {
  EXPECT_EQ(pattern.matches(text), is_right) << text;
  EXPECT_EQ(std::regex_match(text, std::regex(pattern.regex)), is_right) << text;
}

TEST(AddressPattern, MatchesWhatItsRegexMatches) {
  std::mt19937 random(1);
  const char* parts[] = {"http://", "https://", "[", "]", ":", "/", "a", "1", ".", "-", "_", "@"};
  for (const Pattern& pattern : {server_address(), bucket_name()}) {
    const std::regex shown(pattern.regex);
    for (int i = 0; i < 2000; ++i) {
      std::string text;
      for (std::size_t left = random() % 7; left > 0; --left) text += parts[random() % 12];
      EXPECT_EQ(pattern.matches(text), std::regex_match(text, shown)) << pattern.regex << text;
    }
  }
}

TEST(AddressPattern, KnowsServersInEveryForm) {
  for (const char* text : {"s3.example.com", "https://s3.example.com", "http://10.0.0.1:9000/",
                           "[::1]:9000", "http://[2001:db8::1]", "minio/", "HOST:1"}) {
    expect(server_address(), text, true);
  }
}

TEST(AddressPattern, RefusesWhatIsMoreThanAServer) {
  for (const char* text :
       {"", "https://", "/", "ftp://host", "https://user:pass@host", "host/bucket",
        "host:", "host//", "host:123456", "host:9a", "https://http://host", "[::1", "[]",
        "[::1]9000", "host?x", "a b", "[g::1]"}) {
    expect(server_address(), text, false);
  }
  expect(server_address(), std::string(254, 'a'), false);
}

TEST(AddressPattern, KeepsBucketsFromBeingPaths) {
  expect(bucket_name(), "Backups_2.old-one", true);
  expect(bucket_name(), std::string(255, 'a'), true);
  for (const char* text : {"", "..", "a/b", "-a", "a b"}) expect(bucket_name(), text, false);
  expect(bucket_name(), std::string(256, 'a'), false);
}

}  // namespace
}  // namespace salvor::schema
