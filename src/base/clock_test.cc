#include "base/clock.h"

#include <gtest/gtest.h>

#include "base/context.h"
#include "base/log.h"

namespace salvor {
namespace {

TEST(Clock, FormatsDatesAsTheApiAndKubernetesDo) {
  EXPECT_EQ(rfc1123(1602277544), "Fri, 09 Oct 2020 21:05:44 GMT");
  EXPECT_EQ(rfc3339(1602277544), "2020-10-09T21:05:44Z");
}

TEST(Context, AStoppedWaitIsCancelled) {
  std::stop_source stop;
  stop.request_stop();
  const Context context = background().stopped_by(stop.get_token());

  EXPECT_EQ(context.wait(std::chrono::hours(1)).error().code, ErrorCode::cancelled);
}

TEST(Context, ANarrowerDeadlineNeverGetsLater) {
  const Context narrow = background().within(std::chrono::seconds(0));
  const Context wide = narrow.within(std::chrono::hours(1));

  EXPECT_TRUE(wide.expired());
  EXPECT_EQ(wide.check().error().code, ErrorCode::unavailable);
}

TEST(Log, QuotesValuesAndKeepsALineALine) {
  std::string line;
  Log log(system_clock(), LogLevel::info, [&](std::string_view text) { line = text; });

  log.info("started", {{"name", "a b\nfake=1"}, {"count", "3"}});

  EXPECT_EQ(line.substr(21), R"(info started name="a b fake=1" count=3)");
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  int lines = 0;
  Log log(system_clock(), LogLevel::warning, [&](std::string_view) { ++lines; });

  log.info("quiet");
  log.error("loud");

  EXPECT_EQ(lines, 1);
}

}  // namespace
}  // namespace salvor
