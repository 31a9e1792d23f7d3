#include "proof/problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace salvor::proof {
namespace {

using ::testing::HasSubstr;

TEST(Problem, EachReasonStandsInTheDocumentation) {
  std::ifstream file(std::string(SALVOR_SOURCE_DIR) + "/docs/verify.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  for (const ReasonRow& row : reasons()) {
    EXPECT_THAT(page,
                HasSubstr(std::string("| `") + row.name + "` | " +
                          (row.hinders ? "not whole" : "whole") + " | " + row.meaning + " |"));
  }
}

TEST(Problem, OnlyWhatHindersARestoreIsDamage) {
  const Problem weak{Reason::content_missing, "volume a/b", "gone"};
  const Problem bad{Reason::volume_damaged, "volume a/b", "gone"};

  EXPECT_STREQ(state_of({}), "VERIFIED");
  EXPECT_STREQ(state_of({weak}), "WEAKENED");
  EXPECT_STREQ(state_of({weak, bad}), "DAMAGED");
}

}  // namespace
}  // namespace salvor::proof
