#include "restore/reason.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

namespace salvor::restore {
namespace {

TEST(Reasons, StandInTheOrderOfTheEnum) {
  std::size_t place = 0;
  for (const ReasonRow& row : reasons()) EXPECT_EQ(static_cast<std::size_t>(row.reason), place++);

  EXPECT_EQ(reasons().back().reason, Reason::class_missing);
}

TEST(Reasons, HaveCodesThatAreUniqueAndOfOneShape) {
  std::set<std::string_view> codes;
  for (const ReasonRow& row : reasons()) {
    EXPECT_TRUE(codes.insert(row.code).second) << row.code;
    EXPECT_TRUE(std::all_of(row.code.begin(), row.code.end(), [](unsigned char c) {
      return c == '_' || std::isupper(c);
    })) << row.code;
  }
}

TEST(Reasons, AreFoundByTheirCode) {
  for (const ReasonRow& row : reasons()) EXPECT_EQ(reason_of(row.code), row.reason);
}

TEST(Reasons, OfNewerProgramsReadAsPlanned) {
  EXPECT_EQ(reason_of("MADE_OF_CHEESE"), Reason::planned);
  EXPECT_EQ(reason_of(""), Reason::planned);
}

TEST(Reasons, AreExplainedInOneSentenceWithoutAFullStop) {
  for (const ReasonRow& row : reasons()) {
    EXPECT_FALSE(row.meaning.empty()) << row.code;
    EXPECT_FALSE(row.meaning.ends_with('.')) << row.code;
    EXPECT_FALSE(row.hint.ends_with('.')) << row.code;
  }
}

TEST(Reasons, OfFailuresSayWhatToDo) {
  // Nothing helps against the limits of the API server itself.
  const std::set<Reason> hopeless = {Reason::too_large};

  for (const ReasonRow& row : reasons()) {
    if (row.kind != ReasonClass::failed) continue;
    EXPECT_EQ(row.hint.empty(), hopeless.contains(row.reason)) << row.code;
  }
}

TEST(Reasons, OnlyTheFirstIsOpen) {
  for (const ReasonRow& row : reasons()) {
    EXPECT_EQ(row.kind == ReasonClass::open, row.reason == Reason::planned) << row.code;
  }
}

}  // namespace
}  // namespace salvor::restore
