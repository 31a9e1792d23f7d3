#include "repo/file_time.h"

#include <gtest/gtest.h>

#include <limits>

namespace salvor::repo {
namespace {

TEST(FileTime, IsWrittenInUtcWithTheDigitsItNeeds) {
  EXPECT_EQ(to_text({1602277544, 0}), "2020-10-09T21:05:44Z");
  EXPECT_EQ(to_text({1602277544, 500'000'000}), "2020-10-09T21:05:44.5Z");
  EXPECT_EQ(to_text({-1, 1}), "1969-12-31T23:59:59.000000001Z");
  EXPECT_EQ(to_text({-86'400, 0}), "1969-12-31T00:00:00Z");
}

TEST(FileTime, IsReadAsItIsWritten) {
  for (const std::int64_t seconds :
       {-62'167'219'200LL, -1LL, 0LL, 951'782'400LL, 1'602'277'544LL, 253'402'300'799LL}) {
    const FileTime time{seconds, 123'456'789};
    EXPECT_EQ(parse_file_time(to_text(time)), time) << seconds;
  }
}

TEST(FileTime, StaysWithinFourDigitsOfAYear) {
  EXPECT_EQ(to_text({std::numeric_limits<std::int64_t>::max(), 0}), "9999-12-31T23:59:59Z");
  EXPECT_EQ(to_text({std::numeric_limits<std::int64_t>::min(), 0}), "0000-01-01T00:00:00Z");
}

TEST(FileTime, UnderstandsOffsets) {
  EXPECT_EQ(parse_file_time("2020-10-09T23:05:44+02:00"), (FileTime{1602277544, 0}));
  EXPECT_EQ(parse_file_time("2020-10-09T17:35:44.25-03:30"), (FileTime{1602277544, 250'000'000}));
}

TEST(FileTime, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2020", "2020-10-09", "2020-10-09T21:05:44", "2020-13-09T21:05:44Z",
                           "2020-02-30T21:05:44Z", "2020-10-09T24:05:44Z", "2020-10-09T21:05:44.Z",
                           "2020-10-09T21:05:44Zx", "2020-10-09 21:05:44Z", "+020-10-09T21:05:44Z",
                           "2020-10-09T21:05:44+2:00"})
    EXPECT_FALSE(parse_file_time(text)) << text;
}

}  // namespace
}  // namespace salvor::repo
