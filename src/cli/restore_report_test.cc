#include "cli/restore_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/testing/fake_server.h"

namespace salvor::cli {
namespace {

const Style kPlain(Style::Colours::off);

struct ItemSays {
  const char* kind = "ConfigMap";
  const char* state = "DONE";
  const char* reason = "CREATED";
  std::string name = "web";
  std::string message = "";
};

Json item(const ItemSays& says) {
  return {{"kind", says.kind},
          {"state", says.state},
          {"reason", says.reason},
          {"namespace", "shop"},
          {"name", says.name},
          {"message", says.message},
          {"why", std::string("because ") + says.reason}};
}

TEST(RestoreReport, AnItemsFateFollowsItsState) {
  EXPECT_EQ(fate_of(item({})), Fate::created);
  EXPECT_EQ(fate_of(item({.state = "SKIPPED", .reason = "CONTROLLED"})), Fate::skipped);
  EXPECT_EQ(fate_of(item({.state = "KEPT", .reason = "EXISTS"})), Fate::existing);
  EXPECT_EQ(fate_of(item({.state = "DONE", .reason = "MERGED"})), Fate::changed);
  EXPECT_EQ(fate_of(item({.state = "DONE", .reason = "REPLACED"})), Fate::changed);
  EXPECT_EQ(fate_of(item({.state = "FAILED", .reason = "INVALID"})), Fate::failed);
  EXPECT_EQ(fate_of(item({.state = "PARTIAL", .reason = "FIELDS_DROPPED"})), Fate::partial);
  EXPECT_EQ(fate_of(item({.state = "PENDING", .reason = "PLANNED"})), Fate::open);
}

TEST(RestoreReport, CountsKindByKind) {
  RestoreReport report({.id = "j"});
  for (int i = 0; i < 1200; ++i) report.add(item({}));
  report.add(item({.state = "KEPT", .reason = "EXISTS"}));
  report.add(item({.kind = "Pod", .state = "SKIPPED", .reason = "CONTROLLED"}));
  report.add(item({.kind = "Pod", .state = "FAILED", .reason = "FORBIDDEN"}));

  EXPECT_EQ(report.kinds_text(kPlain, 0),
            "KIND       CREATED  EXISTING  SKIPPED  FAILED\n"
            "ConfigMap    1,200         1        0       0\n"
            "Pod              0         0        1       1\n"
            "all          1,200         1        1       1\n");
}

TEST(RestoreReport, NamesWhatWasNotRestoredWithItsReasonFailuresFirst) {
  RestoreReport report({.id = "j"});
  report.add(item({.state = "SKIPPED", .reason = "CONTROLLED", .name = "web-1"}));
  report.add(
      item({.state = "FAILED", .reason = "INVALID", .name = "db", .message = "spec.x: bad"}));
  report.add(item({}));
  report.add(item({.reason = "MERGED"}));
  report.add(item({.state = "KEPT", .reason = "UNCHANGED"}));

  EXPECT_EQ(report.left_out_text(kPlain),
            "failed, 1 item, INVALID: spec.x: bad\n"
            "  ConfigMap shop/db\n"
            "skipped, 1 item, CONTROLLED: because CONTROLLED\n"
            "  ConfigMap shop/web-1\n");
}

TEST(RestoreReport, MessagesThatDifferStandWithTheirItems) {
  RestoreReport report({.id = "j"});
  report.add(item({.state = "FAILED", .reason = "INVALID", .name = "a", .message = "spec.x: bad"}));
  report.add(item({.state = "FAILED", .reason = "INVALID", .name = "b", .message = "spec.y: bad"}));

  EXPECT_EQ(report.left_out_text(kPlain),
            "failed, 2 items, INVALID\n"
            "  ConfigMap shop/a: spec.x: bad\n"
            "  ConfigMap shop/b: spec.y: bad\n");
}

TEST(RestoreReport, TenThousandSkippedItemsAreAFewLinesAndACommand) {
  RestoreReport report({.id = "5f80"});
  for (int i = 0; i < 10000; ++i) {
    report.add(item({.state = "SKIPPED", .reason = "CONTROLLED", .name = std::to_string(i)}));
  }

  const std::string text = report.left_out_text(kPlain);

  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 12);
  EXPECT_NE(text.find("… and 9,990 more: salvor get items --limit 0 --where "
                      "'{\"job_id\":\"5f80\",\"reason\":\"CONTROLLED\",\"state\":\"SKIPPED\"}'"),
            std::string::npos)
      << text;
}

TEST(RestoreReport, ShowsItemsThatWereNeverReached) {
  RestoreReport report({.id = "j"});
  report.add(item({.state = "PENDING", .reason = "PLANNED"}));

  EXPECT_NE(report.kinds_text(kPlain, 0).find("OPEN"), std::string::npos);
  EXPECT_NE(report.left_out_text(kPlain).find("not done, 1 item"), std::string::npos);
}

TEST(RestoreReport, ReadsEveryPageOfItsJobAlone) {
  testing::FakeServer server;
  const std::string job = server.add("jobs", {{"name", "j"}});
  for (int i = 0; i < 1300; ++i) {
    Json one = item({});
    one["job_id"] = job;
    one["seq"] = i;
    server.add("kuberestoreitems", one);
  }
  server.add("kuberestoreitems", item({.kind = "Other"}));
  Context context = background();
  ApiClient api = server.client(context);

  const Result<RestoreReport> report = read_restore_report(api, {.id = job});

  ASSERT_TRUE(report.ok()) << report.error().describe();
  EXPECT_EQ(report->kinds_text(kPlain, 0),
            "KIND       CREATED  EXISTING  SKIPPED  FAILED\n"
            "ConfigMap    1,300         0        0       0\n");
}

}  // namespace
}  // namespace salvor::cli
