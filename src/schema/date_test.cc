#include "schema/date.h"

#include <gtest/gtest.h>

namespace salvor::schema {
namespace {

TEST(Date, ReadsWhatIsWritten) {
  for (const EpochSeconds seconds : {0LL, 1602277544LL, 951782400LL, 4102444799LL}) {
    EXPECT_EQ(parse_rfc1123(rfc1123(seconds)), seconds);
  }
}

TEST(Date, ReadsTheDocumentationsExample) {
  EXPECT_EQ(parse_rfc1123("Fri, 09 Oct 2020 21:05:44 GMT"), 1602277544);
}

TEST(Date, RefusesAnythingElse) {
  for (const char* text :
       {"", "2020-10-09T21:05:44Z", "Fri, 09 Oct 2020 21:05:44 UTC", "Fri, 09 Oct 2020 21:05:44",
        "Fri, 9 Oct 2020 21:05:44 GMT", "Xxx, 09 Oct 2020 21:05:44 GMT",
        "Fri, 09 Xxx 2020 21:05:44 GMT", "Fri, 31 Feb 2020 21:05:44 GMT",
        "Fri, 09 Oct 2020 24:05:44 GMT", "Fri, 09 Oct 2020 21:60:44 GMT",
        "Fri, 09 Oct 2020 21:05:6x GMT", "Fri, 09 Oct 2020 21:05:44 GMT "}) {
    EXPECT_FALSE(parse_rfc1123(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace salvor::schema
