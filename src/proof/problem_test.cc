#include "proof/problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace salvor::proof {
namespace {

using ::testing::HasSubstr;

TEST(Problem, EachReasonStandsInTheDocumentation) {
  std::string page;
  for (const char* name : {"/docs/verify.md", "/docs/drill.md"}) {
    std::ifstream file(std::string(SALVOR_SOURCE_DIR) + name);
    page.append(std::istreambuf_iterator<char>(file), {});
  }
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
  EXPECT_STREQ(drill_state_of({}), "PASSED");
  EXPECT_STREQ(drill_state_of({weak}), "DOUBTFUL");
  EXPECT_STREQ(drill_state_of({weak, bad}), "NOT_WHOLE");
}

}  // namespace
}  // namespace salvor::proof
