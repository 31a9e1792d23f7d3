// The generated page must say what the table says. UPDATE_SNAPSHOTS=1 writes it anew.
#include <gtest/gtest.h>

#include <sstream>

#include "base/testing/snapshot.h"
#include "restore/namespace_places.h"
#include "restore/reason.h"
#include "restore/rules.h"

namespace salvor::restore {
namespace {

TEST(RulesPage, IsFresh) {
  testing::expect_snapshot(std::string(SALVOR_SOURCE_DIR) + "/docs/generated/restore-rules.md",
                           rules_page());
}

TEST(RulesPage, HasARowForEachRuleAndReason) {
  std::istringstream lines(rules_page());
  std::size_t rows = 0;
  for (std::string line; std::getline(lines, line);) rows += line.starts_with("| ") ? 1 : 0;

  const std::size_t heads = 6;
  EXPECT_EQ(rows, heads + 1 + rules().size() + namespace_places().size() + reasons().size());
}

}  // namespace
}  // namespace salvor::restore
