#include "archive/internal/hash.h"

#include <gtest/gtest.h>

namespace salvor::archive::internal {
namespace {

// FIPS 180-4's example.
constexpr const char* kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, HashesTheStandardsExample) {
  Sha256 hash;
  hash.update("a");
  hash.update("");
  hash.update("bc");
  EXPECT_EQ(hash.finish(), kOfAbc);
}

}  // namespace
}  // namespace salvor::archive::internal
