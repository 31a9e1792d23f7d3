#include "mover/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace salvor::mover {
namespace {

Json parsed(const Report& report) {
  const std::string text = report_text(report);
  EXPECT_LE(text.size(), kReportBytesMax);
  auto json = parse_json(text);
  EXPECT_TRUE(json.ok()) << text;
  return *std::move(json);
}

TEST(Report, SaysHowItEnded) {
  const Json done = parsed({.snapshot = "s", .files = 1, .bytes = 2, .transferred_bytes = 3});

  EXPECT_EQ(done, Json({{"state", "done"},
                        {"snapshot", "s"},
                        {"files", 1},
                        {"bytes", 2},
                        {"transferred_bytes", 3},
                        {"problem_count", 0},
                        {"problems", Json::array()},
                        {"error", ""}}));
}

TEST(Report, SaysWhyItFailed) {
  const Json failed = parsed({.failure = error(ErrorCode::denied, "no").with_hint("ask")});

  EXPECT_EQ(failed["state"], "failed");
  EXPECT_NE(failed["error"].get<std::string>().find("no"), std::string::npos);
}

TEST(Report, HoldsAsManyProblemsAsFit) {
  Report report{.problem_count = 500};
  for (int i = 0; i < 500; ++i)
    report.problems.push_back(
        {"file" + std::to_string(i), error(ErrorCode::denied, "opening: no")});

  const Json json = parsed(report);

  EXPECT_EQ(json["problem_count"], 500);
  EXPECT_EQ(json["problems"][7], "file7: opening: no");
  EXPECT_GT(json["problems"].size(), 100U);
}

TEST(Report, FitsWhateverNamesAndErrorsHold) {
  for (const char* character :
       {"a", "\x01", "\xff", "\"", "\xc3\xa9", "\xf0\x9f\x98\x80", "\x80"}) {
    std::string text;
    while (text.size() < 10'000) text += character;
    Report report{.failure = error(ErrorCode::bug, text).with_hint(text),
                  .snapshot = std::string(64, 'f'),
                  .files = ~std::uint64_t{0},
                  .bytes = ~std::uint64_t{0},
                  .transferred_bytes = ~std::uint64_t{0},
                  .problem_count = ~std::uint64_t{0}};
    for (int i = 0; i < 20; ++i) report.problems.push_back({text, error(ErrorCode::bug, text)});

    parsed(report);
  }
}

TEST(Report, OneLongNameDoesNotKeepOthersOut) {
  Report report;
  report.problems.push_back({std::string(100'000, 'x'), error(ErrorCode::bug, "first")});
  report.problems.push_back({"short", error(ErrorCode::bug, "second")});

  const Json problems = parsed(report)["problems"];

  ASSERT_EQ(problems.size(), 2U);
  EXPECT_TRUE(problems[0].get<std::string>().ends_with(": first"));
}

}  // namespace
}  // namespace salvor::mover
