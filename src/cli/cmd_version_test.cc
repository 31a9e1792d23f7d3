#include <gtest/gtest.h>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

TEST(Version, IsThatOfTheProgramAndNeedsNoServer) {
  testing::Shell shell;
  shell.environment.clear();

  EXPECT_EQ(shell.run("version"), 0);
  EXPECT_EQ(shell.out(), "salvor 1.2.3\n");
  EXPECT_EQ(shell.run("version -o yaml"), 0);
  EXPECT_EQ(shell.out(), "version: 1.2.3\n");
}

}  // namespace
}  // namespace salvor::cli
