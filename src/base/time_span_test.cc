#include "base/time_span.h"

#include <gtest/gtest.h>

namespace salvor {
namespace {

using std::chrono::seconds;

TEST(TimeSpan, IsReadAsItIsWritten) {
  EXPECT_EQ(parse_time_span("90s"), seconds(90));
  EXPECT_EQ(parse_time_span("20m"), seconds(1200));
  EXPECT_EQ(parse_time_span("1h30m"), seconds(5400));
  EXPECT_EQ(parse_time_span("600"), seconds(600));
  EXPECT_EQ(parse_time_span(""), seconds(0));
}

TEST(TimeSpan, IsNothingElse) {
  for (const char* text : {"soon", "-5m", "5 m", "m", "5d", "1.5h", "1234567s", "99999999999h"})
    EXPECT_FALSE(parse_time_span(text)) << text;
}

}  // namespace
}  // namespace salvor
