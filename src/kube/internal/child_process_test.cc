#include "kube/internal/child_process.h"

#include <gmock/gmock.h>

namespace salvor::kube {
namespace {

using testing::HasSubstr;

Result<std::string> shell(Context context, const std::string& script,
                          std::map<std::string, std::string> environment = {}) {
  return run_command(
      context,
      {.program = "sh", .arguments = {"-c", script}, .environment = std::move(environment)});
}

TEST(ChildProcess, ReturnsWhatItPrints) {
  const auto printed = shell(background(), "printf 'a\\nb'");

  ASSERT_TRUE(printed.ok()) << printed.error().describe();
  EXPECT_EQ(*printed, "a\nb");
}

TEST(ChildProcess, AddsToOurEnvironment) {
  const auto printed = shell(background(), "echo $COLOUR; test -n \"$PATH\"", {{"COLOUR", "red"}});

  ASSERT_TRUE(printed.ok()) << printed.error().describe();
  EXPECT_EQ(*printed, "red\n");
}

TEST(ChildProcess, GivesItNoInput) {
  const auto printed = shell(background(), "cat; echo end");

  ASSERT_TRUE(printed.ok()) << printed.error().describe();
  EXPECT_EQ(*printed, "end\n");
}

TEST(ChildProcess, NamesAProgramThatIsNotThere) {
  Context context = background();
  const auto printed =
      run_command(context, {.program = "no-such-program", .arguments = {}, .environment = {}});

  ASSERT_FALSE(printed.ok());
  EXPECT_EQ(printed.error().code, ErrorCode::not_found);
  EXPECT_THAT(printed.error().message, HasSubstr("cannot run no-such-program"));
}

TEST(ChildProcess, ReportsHowItEnded) {
  const auto failed = shell(background(), "echo secret; exit 3");
  const auto killed = shell(background(), "kill -9 $$");

  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().message, "sh ended with status 3");
  ASSERT_FALSE(killed.ok());
  EXPECT_EQ(killed.error().message, "sh ended with signal 9");
}

TEST(ChildProcess, IsKilledAtTheDeadline) {
  const auto printed =
      shell(background().within(std::chrono::milliseconds(200)), "sleep 600 & sleep 600");

  ASSERT_FALSE(printed.ok());
  EXPECT_EQ(printed.error().code, ErrorCode::unavailable);
}

TEST(ChildProcess, IsKilledWhenStopped) {
  std::stop_source source;
  source.request_stop();

  const auto printed = shell(background().stopped_by(source.get_token()), "sleep 600");

  ASSERT_FALSE(printed.ok());
  EXPECT_EQ(printed.error().code, ErrorCode::cancelled);
}

TEST(ChildProcess, MayNotPrintWithoutEnd) {
  const auto printed =
      shell(background(), "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done");

  ASSERT_FALSE(printed.ok());
  EXPECT_EQ(printed.error().code, ErrorCode::exhausted);
}

}  // namespace
}  // namespace salvor::kube
