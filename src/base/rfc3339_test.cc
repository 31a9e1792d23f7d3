#include "base/rfc3339.h"

#include <gtest/gtest.h>

namespace salvor {
namespace {

struct Case {
  const char* text;
  EpochSeconds seconds;
};

TEST(Rfc3339, ReadsWholeSecondsOfUtc) {
  for (const Case& expected :
       {Case{"2020-10-09T21:05:44Z", 1602277544}, Case{"2020-10-09T21:05:44.999Z", 1602277544},
        Case{"2020-10-09T23:05:44+02:00", 1602277544}, Case{"2020-10-09T19:35:44-0130", 1602277544},
        Case{"1969-12-31T23:30:10-00:30", 10}, Case{"1970-01-01T00:00:00Z", 0}}) {
    EXPECT_EQ(parse_rfc3339(expected.text), expected.seconds) << expected.text;
  }
}

TEST(Rfc3339, RefusesOtherTexts) {
  for (const char* text :
       {"", "now", "2020-10-09", "2020-10-09T21:05:44", "2020-10-09 21:05:44Z",
        "2020-13-09T21:05:44Z", "2020-02-30T21:05:44Z", "2020-10-09T24:05:44Z",
        "2020-10-09T21:05:44.Z", "2020-10-09T21:05:44+2:00", "2020-10-09T21:05:44Zx",
        "2020-1--09T21:05:44Z", "2020-10-09T21:05:44+02:0", "2020-10-09T21:05:-4Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

}  // namespace
}  // namespace salvor
