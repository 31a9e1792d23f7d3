#include "repo/quoted_name.h"

#include <gtest/gtest.h>

#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

// As strconv.Quote of Go makes them.
TEST(QuotedName, IsGosOwn) {
  const std::pair<std::string, std::string> pairs[] = {
      {"plain.txt", "plain.txt"},
      {"a\"b\\", R"(a\"b\\)"},
      {"\xff", R"(\xff)"},
      {"\t\n\r\a\b\f\v", R"(\t\n\r\a\b\f\v)"},
      {"\x7f\x01", R"(\x7f\x01)"},
      {"\xc3\xa9\xf0\x9f\x98\x80", "\xc3\xa9\xf0\x9f\x98\x80"},
      {"\xc2\xa0\xe2\x80\x8b\xef\xbb\xbf", R"(\u00a0\u200b\ufeff)"},
      {"\xf3\xa0\x80\x81", R"(\U000e0001)"},
      {"\xed\xa0\x80", R"(\xed\xa0\x80)"},  // half of a surrogate pair is no UTF-8
      {"\xc0\xaf", R"(\xc0\xaf)"},          // nor is what is longer than needed
      {"\xe2\x82", R"(\xe2\x82)"},
  };
  for (const auto& [name, quoted] : pairs) {
    EXPECT_EQ(quote_name(name), quoted);
    EXPECT_EQ(unquote_name(quoted), name);
  }
}

TEST(QuotedName, UnderstandsTheOtherEscapes) {
  EXPECT_EQ(unquote_name(R"(\101\x41\u0041\U00000041)"), "AAAA");
  EXPECT_EQ(unquote_name("\xc2\xa0"), "\xc2\xa0");
}

TEST(QuotedName, RefusesWhatIsQuotedWrongly) {
  for (const char* text : {"\\", "\\q", "\\x", "\\x4", "\\xgg", "\\u12", "\\ud800", "\\U00110000",
                           "\\400", "\\07", "a\"b", "a\nb"})
    EXPECT_FALSE(unquote_name(text)) << text;
}

TEST(QuotedName, BringsBackAnyBytes) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    const std::string name = testing::noise(1 + seed % 40, seed);
    EXPECT_EQ(unquote_name(quote_name(name)), name) << seed;
  }
}

}  // namespace
}  // namespace salvor::repo
