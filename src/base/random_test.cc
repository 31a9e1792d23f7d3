#include "base/random.h"

#include <gtest/gtest.h>

#include "base/seal.h"

namespace salvor {
namespace {

TEST(ObjectId, IsTwentyFourHexDigitsThatGrow) {
  const std::string first = new_object_id(1602277544);
  const std::string second = new_object_id(1602277544);

  EXPECT_TRUE(is_object_id(first));
  EXPECT_EQ(first.substr(0, 8), "5f80d0a8");
  EXPECT_LT(first, second);
}

TEST(ObjectId, RefusesOtherTexts) {
  EXPECT_FALSE(is_object_id("5F80D0A8F281487D59C69F5E"));
  EXPECT_FALSE(is_object_id("5f80d0a8"));
}

TEST(Encoding, Base64urlHasNoPadding) {
  EXPECT_EQ(base64url(std::string("\xff\xfe\x00", 3)), "__4A");
}

TEST(Encoding, HexIsLowerCase) { EXPECT_EQ(hex("\xab\x01"), "ab01"); }

TEST(Sealer, OpensWhatItSealed) {
  const Sealer sealer(random_bytes(32));
  const std::string sealed = sealer.seal("kubeconfig");

  EXPECT_TRUE(Sealer::is_sealed(sealed));
  EXPECT_EQ(sealed.find("kubeconfig"), std::string::npos);
  EXPECT_EQ(sealer.open(sealed).value(), "kubeconfig");
}

TEST(Sealer, FindsEachChangedCharacter) {
  const Sealer sealer(random_bytes(32));
  const std::string sealed = sealer.seal("s");
  // The last character carries unused bits, so it is left out.
  for (std::size_t i = 0; i + 1 < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(sealer.open(changed).error().code, ErrorCode::corrupt) << i;
  }
}

TEST(Sealer, RefusesAnotherKey) {
  EXPECT_FALSE(Sealer(random_bytes(32)).open(Sealer(random_bytes(32)).seal("s")).ok());
}

}  // namespace
}  // namespace salvor
