#include "restore/kind_list.h"

#include <gtest/gtest.h>

namespace salvor::restore {
namespace {

TEST(KindList, IsSplitAtBlanks) {
  EXPECT_EQ(kinds_in("a b.c d"), (std::vector<std::string_view>{"a", "b.c", "d"}));
  EXPECT_TRUE(kinds_in("").empty());
}

TEST(KindList, NamesWholeKindsAllOfThemOrAGroupsEnd) {
  EXPECT_TRUE(names_kind("pods secrets", "secrets"));
  EXPECT_FALSE(names_kind("pods secrets", "secret"));
  EXPECT_TRUE(names_kind("*", "secrets"));
  EXPECT_TRUE(names_kind(".crossplane.io", "buckets.s3.aws.crossplane.io"));
  EXPECT_FALSE(names_kind("", "secrets"));
}

TEST(KindList, SplitsAKind) {
  EXPECT_EQ(split_kind("deployments.apps").group, "apps");
  EXPECT_EQ(split_kind("deployments.apps").resource, "deployments");
  EXPECT_EQ(split_kind("a.b.c").group, "b.c");
  EXPECT_EQ(split_kind("pods").group, "");
  EXPECT_EQ(split_kind("pods").resource, "pods");
}

}  // namespace
}  // namespace salvor::restore
