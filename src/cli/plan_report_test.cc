#include "cli/plan_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Style kPlain(Style::Colours::off);

TEST(PlanReport, NamesFindingsAndHelpsWithErrors) {
  const Json plan = {{"checks",
                      {{{"level", "ERROR"},
                        {"check", "access"},
                        {"subject", "secrets"},
                        {"message", "may not create secrets"},
                        {"hint", "grant it"}},
                       {{"level", "WARNING"},
                        {"check", "webhooks"},
                        {"subject", "gate"},
                        {"message", "may refuse 2 items"},
                        {"hint", "see that it is up"}}}}};

  EXPECT_EQ(findings_text(plan, kPlain),
            "error: access, secrets: may not create secrets\n"
            "       grant it\n"
            "note: webhooks, gate: may refuse 2 items\n");
  EXPECT_EQ(findings_text(Json::object(), kPlain), "");
}

TEST(PlanReport, ShowsWhatChangesOfAnObject) {
  const Json item = {{"kind", "ConfigMap"},
                     {"namespace", "shop"},
                     {"name", "a"},
                     {"reason", "REPLACED"},
                     {"diff",
                      {{{"path", "/data/x"}, {"before", "old"}, {"after", "new"}},
                       {{"path", "/data/y"}, {"before", 1}}}}};

  EXPECT_EQ(diff_text(item, kPlain),
            "~ ConfigMap shop/a  REPLACED\n"
            "    /data/x: \"old\" -> \"new\"\n"
            "    /data/y: 1 -> nothing\n");
  EXPECT_EQ(diff_text({{"diff", Json::array()}}, kPlain), "");
}

class PlanCommand : public ::testing::Test {
 protected:
  PlanCommand() {
    shell.server.add("kuberestores", {{"_id", restore}, {"name", "back"}});
    shell.server.add(
        "jobs", {{"_id", plan}, {"name", "p"}, {"type", "RESTORE_PLAN"}, {"state", "COMPLETED"}});
    shell.server.add("kuberestoreplans", {{"_id", plan},
                                          {"restore_id", restore},
                                          {"hash", std::string(64, 'a')},
                                          {"num_unpredictable", 1},
                                          {"checks", Json::array()}});
    shell.server.add("kuberestoreplanitems", {{"plan_id", plan},
                                              {"kind", "ConfigMap"},
                                              {"name", "a"},
                                              {"state", "DONE"},
                                              {"reason", "REPLACED"},
                                              {"diff", {{{"path", "/data/x"}, {"after", "new"}}}}});
    answer_one_plan();
  }

  void answer_one_plan() {
    shell.server.script({.beginning = "POST /api/v1/kuberestores/" + restore + "/action/plan",
                         .response = testing::json_response(
                             200, {{"_id", restore}, {"status", {{"plan_jobid", plan}}}})});
  }

  testing::Shell shell;
  const std::string restore = "5f0000000000000000000001";
  const std::string plan = "5f0000000000000000000002";
};

TEST_F(PlanCommand, PrintsThePlanAndHowToRunIt) {
  EXPECT_EQ(shell.run("restore plan back"), 0) << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("ConfigMap        0        1"));
  EXPECT_THAT(shell.out(), HasSubstr("/data/x: nothing -> \"new\""));
  EXPECT_THAT(shell.out(), HasSubstr("1 item may come otherwise"));
  EXPECT_THAT(shell.out(), HasSubstr("salvor restore run " + restore + " --plan " + plan));
}

TEST_F(PlanCommand, TakesSuggestedRewritesOver) {
  answer_one_plan();
  shell.server.at("kuberestoreplans", plan)
      .update({{"num_free_texts", 1}, {"suggested_modifiers", "version: v1\n"}});

  EXPECT_EQ(shell.run("restore plan back --accept-texts"), 0) << shell.err();

  EXPECT_EQ(shell.server.at("kuberestores", restore)["modifiers"], "version: v1\n");
}

TEST_F(PlanCommand, SaysWhenRewritesCannotBeTakenOver) {
  shell.server.at("kuberestoreplans", plan)
      .update({{"num_free_texts", 1}, {"suggested_modifiers", ""}});

  EXPECT_NE(shell.run("restore plan back --accept-texts"), 0);

  EXPECT_THAT(shell.err(), HasSubstr("cannot be added to the restore's modifiers"));
}

TEST_F(PlanCommand, ShowsTextsThatNameOldNamespaces) {
  shell.server.at("kuberestoreplans", plan)["num_free_texts"] = 1;
  shell.server.add(
      "kuberestoreplanitems",
      {{"plan_id", plan},
       {"kind", "ConfigMap"},
       {"namespace", "new"},
       {"name", "b"},
       {"state", "DONE"},
       {"reason", "CREATED"},
       {"free_texts",
        {{{"path", "/data/url"}, {"before", "db.shop.svc"}, {"after", "db.new.svc"}}}}});

  EXPECT_EQ(shell.run("restore plan back"), 0) << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("~ ConfigMap new/b  names an old namespace\n"
                                     "    /data/url: \"db.shop.svc\" -> \"db.new.svc\"\n"));
  EXPECT_THAT(shell.out(), HasSubstr("--accept-texts has them rewritten"));
}

TEST_F(PlanCommand, ShowsInWhichOrderVolumesAreFilled) {
  EXPECT_EQ(shell.run("restore plan back"), 0) << shell.err();
  EXPECT_THAT(shell.out(), Not(HasSubstr("volumes are filled")));
  answer_one_plan();
  for (int i = 1; i <= 22; ++i) {
    shell.server.add("kuberestoreplanitems", {{"plan_id", plan},
                                              {"seq", i},
                                              {"kind", "PersistentVolumeClaim"},
                                              {"namespace", "shop"},
                                              {"name", "claim-" + std::to_string(i)},
                                              {"fill_order", i},
                                              {"state", "DONE"},
                                              {"reason", "CREATED"}});
  }

  EXPECT_EQ(shell.run("restore plan back"), 0) << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("volumes are filled in this order:\n  1. shop/claim-1\n"));
  EXPECT_THAT(shell.out(), HasSubstr("  20. shop/claim-20\n  … and 2 more\n"));
}

TEST_F(PlanCommand, PrintsTheDocumentForPrograms) {
  EXPECT_EQ(shell.run("restore plan back -o json"), 0);

  EXPECT_THAT(shell.out(), HasSubstr(std::string(64, 'a')));
  EXPECT_THAT(shell.out(), Not(HasSubstr("run exactly this")));
}

}  // namespace
}  // namespace salvor::cli
