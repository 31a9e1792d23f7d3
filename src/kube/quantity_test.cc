#include "kube/quantity.h"

#include <gtest/gtest.h>

#include <utility>

namespace salvor::kube {
namespace {

TEST(Quantity, ReadsEachForm) {
  const std::pair<const char*, std::uint64_t> rows[] = {{"0", 0},
                                                        {"52428800", 52428800},
                                                        {"50Mi", 52428800},
                                                        {"1.5Gi", 1610612736},
                                                        {"1Ki", 1024},
                                                        {"2Ti", 2199023255552},
                                                        {"100M", 100000000},
                                                        {"1k", 1000},
                                                        {"1e9", 1000000000},
                                                        {"1E3", 1000},
                                                        {"1E", 1000000000000000000},
                                                        {"2500m", 3},
                                                        {"1Pi", 1125899906842624},
                                                        {"3T", 3000000000000},
                                                        {"12e6", 12000000}};
  for (const auto& [text, value] : rows) EXPECT_EQ(parse_quantity(text), value) << text;
}

TEST(Quantity, RefusesWhatIsNone) {
  for (const char* text :
       {"", "Gi", "-1Gi", "1 Gi", "1GiB", "one", "nan", "inf", "100E", "1e99", "1.2.3"}) {
    EXPECT_EQ(parse_quantity(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace salvor::kube
