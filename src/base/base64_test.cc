#include "base/base64.h"

#include <gtest/gtest.h>

namespace salvor {
namespace {

TEST(Base64, DecodesTheVectorsOfRfc4648) {
  EXPECT_EQ(decode_base64(""), "");
  EXPECT_EQ(decode_base64("Zg=="), "f");
  EXPECT_EQ(decode_base64("Zm8="), "fo");
  EXPECT_EQ(decode_base64("Zm9v"), "foo");
  EXPECT_EQ(decode_base64("Zm9vYmFy"), "foobar");
  EXPECT_EQ(decode_base64("+/+/"), "\xfb\xff\xbf");
}

TEST(Base64, SkipsBlanksAndLineBreaks) { EXPECT_EQ(decode_base64("Zm9v\r\n YmFy\n"), "foobar"); }

TEST(Base64, RefusesWhatIsNone) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zm9v=", "Z===", "Zg==Zg==", "Zm9*", "Zm-_"}) {
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
  }
}

TEST(Base64, EncodesWhatItDecodes) {
  for (const char* text : {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYmFy", "+/+/"})
    EXPECT_EQ(encode_base64(decode_base64(text).value()), text);
}

}  // namespace
}  // namespace salvor
