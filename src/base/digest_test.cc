#include "base/digest.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace salvor {
namespace {

// The example of FIPS 180-4 for "abc", and the digest of nothing.
TEST(Sha256, AgreesWithTheStandard) {
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace salvor
