#include "cli/exit_code.h"

#include <gtest/gtest.h>

namespace salvor::cli {
namespace {

TEST(ExitCode, FollowsTheKindOfFailure) {
  EXPECT_EQ(exit_code(error(ErrorCode::not_found, "")), ExitCode::not_found);
  EXPECT_EQ(exit_code(error(ErrorCode::denied, "")), ExitCode::denied);
  EXPECT_EQ(exit_code(error(ErrorCode::unavailable, "")), ExitCode::unreachable);
  EXPECT_EQ(exit_code(error(ErrorCode::unknown_outcome, "")), ExitCode::unreachable);
  EXPECT_EQ(exit_code(error(ErrorCode::invalid, "")), ExitCode::general);
}

TEST(ExitCode, TellsUsageAndTimeoutFromOtherFailures) {
  EXPECT_EQ(exit_code(usage_error("")), ExitCode::usage);
  EXPECT_EQ(exit_code(timeout_error("")), ExitCode::timeout);
}

TEST(ExitCode, FollowsTheEndOfAJob) {
  EXPECT_EQ(exit_code_of_job("COMPLETED"), ExitCode::ok);
  EXPECT_EQ(exit_code_of_job("PARTIAL"), ExitCode::job_partial);
  for (const char* state : {"FAILED", "CANCELED", "SKIPPED", ""}) {
    EXPECT_EQ(exit_code_of_job(state), ExitCode::job_failed) << state;
  }
}

TEST(ExitCode, EveryNumberHasAMeaning) {
  int before = -1;
  for (const ExitCodeRow& row : exit_codes()) {
    EXPECT_GT(static_cast<int>(row.code), before);
    EXPECT_FALSE(std::string(row.meaning).empty());
    before = static_cast<int>(row.code);
  }
}

}  // namespace
}  // namespace salvor::cli
