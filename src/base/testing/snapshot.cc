#include "base/testing/snapshot.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace salvor::testing {

void expect_snapshot(const std::string& file, const std::string& text) {
  if (std::getenv("UPDATE_SNAPSHOTS") != nullptr) std::ofstream(file) << text;
  std::ostringstream stored;
  stored << std::ifstream(file).rdbuf();
  EXPECT_TRUE(stored.str() == text)
      << file << " is stale; run this test with UPDATE_SNAPSHOTS=1 and read the difference";
}

}  // namespace salvor::testing
