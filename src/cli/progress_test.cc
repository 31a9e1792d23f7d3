#include "cli/progress.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class View : public ::testing::Test {
 protected:
  void show(std::int64_t done, std::int64_t total, const std::string& state = "RUNNING") {
    view_.show({.state = state, .done = done, .total = total});
  }
  void use_terminal() { io.err_audience = Audience::terminal; }
  std::string take() {
    std::string text = err.str();
    err.str("");
    return text;
  }

  testing::JumpingClock clock;
  std::istringstream in;
  std::ostringstream err;
  Io io{.in = in,
        .out = err,
        .err = err,
        .clock = clock,
        .environment = {},
        .connect = {},
        .stop = {},
        .read_secret = {}};
  ProgressView view_{io, Style(Style::Colours::off)};
};

TEST(ProgressLine, ShowsHowFarHowFastAndHowLong) {
  EXPECT_EQ(progress_line({.state = "RUNNING", .done = 4100, .total = 10000}, 820, 100),
            "[#########---------------]  41 %  4,100/10,000 items  820/s  ETA 7s");
}

TEST(ProgressLine, ShowsBytesAsPeopleReadThem) {
  const Progress half{.state = "saving", .done = 1 << 20, .total = 1 << 21, .unit = Unit::bytes};

  EXPECT_EQ(progress_line(half, 1 << 19, 100),
            "[############------------]  50 %  1.0 MiB/2.0 MiB  512.0 KiB/s  ETA 2s");
  EXPECT_EQ(progress_line({.state = "saving", .done = 1024, .unit = Unit::bytes}, 0, 100),
            "saving  1.0 KiB");
}

TEST(ProgressLine, ShowsTheStateWhileTheTotalIsUnknown) {
  EXPECT_EQ(progress_line({.state = "PENDING"}, 0, 100), "PENDING  0 items");
}

TEST(ProgressLine, NeverGrowsBeyondTheTerminal) {
  EXPECT_EQ(progress_line({.state = "RUNNING", .done = 1, .total = 3}, 1, 20),
            "[########----------…");
}

TEST(ProgressLine, StaysSaneWhenCountersDoNot) {
  EXPECT_EQ(progress_line({.state = "RUNNING", .done = 15, .total = 10}, 3, 100),
            "[########################] 100 %  10/10 items  3/s");
  EXPECT_EQ(progress_line({.state = "RUNNING", .done = -5, .total = 10}, 0, 100),
            "[------------------------]   0 %  0/10 items");
}

TEST(Progress, ComesFromTheCountersOfTheJobsType) {
  const Json job = {{"state", "RUNNING"},
                    {"num_total_resources", 9},
                    {"num_restored_resources", 4},
                    {"num_backup_resources", 7}};
  Json restore = job;
  restore["type"] = "RESTORE";

  EXPECT_EQ(progress_of(restore).done, 4);
  EXPECT_EQ(progress_of(job).done, 7);
  EXPECT_EQ(progress_of(Json{{"num_total_resources", "many"}}).total, 0);
}

TEST(ProgressLine, ShowsVolumesBesideItems) {
  const VolumeCounts volumes{
      .total = 6, .ended = 2, .active = 4, .bytes = 1 << 20, .total_bytes = 1 << 21};

  EXPECT_EQ(progress_line({.state = "RUNNING", .done = 1, .total = 2, .volumes = volumes}, 0, 100),
            "[############------------]  50 %  1/2 items  volumes 2/6, 4 at work, 1.0 MiB/2.0 MiB");
  EXPECT_EQ(progress_line({.state = "RUNNING", .volumes = {.total = 3}}, 0, 100),
            "RUNNING  volumes 0/3");
}

TEST(Progress, KnowsTheVolumesOfCopiesAndRestores) {
  const Json job = {{"state", "RUNNING"},
                    {"kube_copy_progress",
                     {{"total_pvs", 6},
                      {"active_pvs", 3},
                      {"completed_pvs", 1},
                      {"failed_pvs", 1},
                      {"stats", {{"io_size", 10}, {"estimated_size", 20}}}}}};

  const VolumeCounts volumes = progress_of(job).volumes;

  EXPECT_EQ(volumes.total, 6);
  EXPECT_EQ(volumes.ended, 2);
  EXPECT_EQ(volumes.active, 3);
  EXPECT_EQ(volumes.total_bytes, 20);
}

TEST_F(View, WritesALineToAPipeAfterEachVolume) {
  for (const std::int64_t ended : {0, 0, 1, 1, 2})
    view_.show({.state = "RUNNING", .volumes = {.total = 2, .ended = ended}});

  EXPECT_EQ(take(), "RUNNING  volumes 0/2\nRUNNING  volumes 1/2\nRUNNING  volumes 2/2\n");
}

TEST(RateMeter, MeasuresTheLastTenSeconds) {
  RateMeter rate;
  const SteadyTime start{};
  rate.add(start, 0);
  EXPECT_EQ(rate.per_second(), 0);
  rate.add(start + seconds(10), 1000);
  EXPECT_EQ(rate.per_second(), 100);
  rate.add(start + seconds(20), 1200);

  EXPECT_EQ(rate.per_second(), 20);
}

TEST_F(View, DrawsOnATerminalAtMostFiveTimesASecond) {
  use_terminal();
  for (int i = 0; i < 100; ++i) {
    show(i, 1000);
    clock.advance(milliseconds(10));
  }

  const std::string text = take();

  EXPECT_EQ(std::count(text.begin(), text.end(), '\r'), 5);
  EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST_F(View, PutsNotesAboveTheBar) {
  use_terminal();
  show(1, 2);
  take();

  view_.note("wave 2");

  EXPECT_EQ(take(), "\r\033[Kwave 2\n[############------------]  50 %  1/2 items");
}

TEST_F(View, LeavesNoBarBehind) {
  use_terminal();
  show(1, 2);
  take();

  view_.finish();

  EXPECT_EQ(take(), "\r\033[K");
}

TEST_F(View, TellsAPipeOnlyStatesAndTenths) {
  show(0, 0, "PENDING");
  for (int i = 0; i <= 1000; ++i) show(i, 1000);

  const std::string text = take();

  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 12);
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_NE(text.find("RUNNING  100/1,000 items\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace salvor::cli
