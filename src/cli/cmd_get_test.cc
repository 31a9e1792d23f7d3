#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/shell.h"
#include "cli/yaml.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Shell;

class Get : public ::testing::Test {
 protected:
  Get() {
    prod = shell.server.add("kubeclusters", {{"name", "prod"}, {"status", {{"state", "ACTIVE"}}}});
    lab = shell.server.add("kubeclusters", {{"name", "lab"}, {"status", {{"state", "PENDING"}}}});
    shell.server.add("kubebackups",
                     {{"name", "shop"}, {"cluster", prod}, {"trigger_type", "ADHOC"}});
  }
  Shell shell;
  std::string prod, lab;
};

TEST_F(Get, ShowsATable) {
  ASSERT_EQ(shell.run("get clusters"), 0) << shell.err();

  EXPECT_EQ(shell.out(),
            "NAME  STATE    VERSION  AGE\n"
            "prod  ACTIVE            0s\n"
            "lab   PENDING           0s\n");
}

TEST_F(Get, ShowsNamesInsteadOfIds) {
  ASSERT_EQ(shell.run("get backups"), 0) << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("shop  prod "));
}

TEST_F(Get, FindsOneByNameByIdAndInKubectlsForm) {
  for (const std::string& line : {std::string("get cluster prod"), "get kubeclusters " + prod,
                                  std::string("get clusters/prod")}) {
    ASSERT_EQ(shell.run(line + " -o name"), 0) << shell.err();
    EXPECT_EQ(shell.out(), "kubeclusters/prod\n") << line;
  }
}

TEST_F(Get, AMissingObjectIsNotFound) {
  EXPECT_EQ(shell.run("get cluster nope"), 3);
  EXPECT_EQ(shell.err(),
            "error: there is no cluster 'nope'\n"
            "hint: salvor get kubeclusters lists those there are\n");
}

TEST_F(Get, ANameThatIsNotUniqueNeedsAnId) {
  for (int i = 0; i < 7; ++i) shell.server.add("jobs", {{"name", "same"}, {"type", "RESTORE"}});

  EXPECT_EQ(shell.run("get job same"), 1);
  EXPECT_THAT(shell.err(), HasSubstr("7 jobs are called 'same'"));
  EXPECT_THAT(shell.err(), HasSubstr(", …"));
}

TEST_F(Get, PrintsDocumentsForPrograms) {
  ASSERT_EQ(shell.run("get cluster prod -o json"), 0);
  EXPECT_EQ(parse_json(shell.out())->at("_id"), prod);

  ASSERT_EQ(shell.run("get clusters -o yaml"), 0);
  EXPECT_EQ(parse_yaml(shell.out())->at("items").size(), 2U);
}

TEST_F(Get, FiltersAndSorts) {
  ASSERT_EQ(
      shell.run({"get", "clusters", "--where", R"({"status.state":"PENDING"})", "-o", "name"}), 0)
      << shell.err();
  EXPECT_EQ(shell.out(), "kubeclusters/lab\n");

  shell.run("get clusters --sort name -o name");
  EXPECT_EQ(shell.out(), "kubeclusters/lab\nkubeclusters/prod\n");
}

TEST_F(Get, RefusesAFilterThatIsNoJson) {
  EXPECT_EQ(shell.run("get clusters --where state=READY"), 2);
  EXPECT_EQ(shell.run("get clusters --where [1]"), 2);
  EXPECT_EQ(shell.run("get clusters --limit many"), 2);
}

TEST_F(Get, PassesOnWhatTheServerSaysOfAFilter) {
  EXPECT_EQ(shell.run({"get", "clusters", "--where", R"({"name":{"$regex":"x"}})"}), 1);
  EXPECT_THAT(shell.err(), HasSubstr("error: "));
}

TEST_F(Get, TellsWhenThereIsMore) {
  ASSERT_EQ(shell.run("get clusters --limit 1"), 0);

  EXPECT_THAT(shell.err(), HasSubstr("1 of 2 shown"));
  EXPECT_THAT(shell.out(), Not(HasSubstr("lab")));
}

TEST_F(Get, AnEmptyListIsNoFailure) {
  EXPECT_EQ(shell.run("get restores"), 0);
  EXPECT_EQ(shell.err(), "no kuberestores found\n");

  EXPECT_EQ(shell.run("get restores -o json"), 0);
  EXPECT_EQ(parse_json(shell.out())->at("items"), Json::array());
}

TEST_F(Get, FitsTheTerminalUnlessWide) {
  shell.server.add("kubeclusters", {{"name", std::string(100, 'x')}});
  shell.out_audience = Audience::terminal;
  shell.environment["NO_COLOR"] = "1";
  shell.width = 40;

  shell.run("get clusters");
  EXPECT_THAT(shell.out(), HasSubstr("…"));

  shell.run("get clusters -o wide");
  EXPECT_THAT(shell.out(), HasSubstr(std::string(100, 'x')));
  EXPECT_THAT(shell.out(), HasSubstr("ID"));
}

}  // namespace
}  // namespace salvor::cli
