#include "cli/selection_flags.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace salvor::cli {
namespace {

Arguments arguments(const std::string& name, std::vector<std::string> values) {
  Arguments given;
  given.set(name, std::move(values));
  return given;
}

TEST(Selection, IsEverythingUnlessNarrowed) {
  EXPECT_EQ(*selection_of({}), Json({{"all_namespaces", true}}));
  EXPECT_EQ(*selection_of(arguments("all-namespaces", {})), Json({{"all_namespaces", true}}));
}

TEST(Selection, KeepsNamespacesInTheirOrder) {
  EXPECT_EQ(*selection_of(arguments("namespace", {"z", "a"})), Json({{"namespaces", {"z", "a"}}}));
}

TEST(Selection, LabelKeysMayHoldDotsAndSlashes) {
  EXPECT_EQ(
      *selection_of(arguments("selector", {"app.kubernetes.io/name=web,db"})),
      Json({{"all_namespaces", true}, {"label_selector", {{"app.kubernetes.io/name", "web,db"}}}}));
}

TEST(Selection, MapsAreCheckedPairByPair) {
  EXPECT_EQ(*map_of({"a=b", "c=d"}, "A=B"), Json({{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(exit_code(map_of({"a=b", "a=c"}, "A=B").error()), ExitCode::usage);
  EXPECT_EQ(exit_code(map_of({"ab"}, "A=B").error()), ExitCode::usage);
}

}  // namespace
}  // namespace salvor::cli
