#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using testing::refusal_response;
using testing::Shell;

class Delete : public ::testing::Test {
 protected:
  Delete() { shell.server.add("kubebackups", {{"name", "shop"}}); }
  std::size_t left() { return shell.server.all("kubebackups").size(); }
  Shell shell;
};

TEST_F(Delete, NeedsYesWhenNobodyCanBeAsked) {
  EXPECT_EQ(shell.run("delete backup shop"), 2);
  EXPECT_EQ(left(), 1U);

  EXPECT_EQ(shell.run("delete backup shop --yes"), 0);
  EXPECT_EQ(shell.out(), "backup 'shop' deleted\n");
  EXPECT_EQ(left(), 0U);
}

TEST_F(Delete, AsksAPerson) {
  shell.in_audience = Audience::terminal;
  shell.in.str("n\ny\n");

  EXPECT_EQ(shell.run("delete backup shop"), 1);
  EXPECT_EQ(left(), 1U);
  EXPECT_EQ(shell.run("delete backup shop"), 0);
  EXPECT_EQ(left(), 0U);
}

TEST_F(Delete, TellsWhyTheServerRefuses) {
  shell.server.script({.beginning = "DELETE", .response = refusal_response(409, "a job runs")});

  EXPECT_EQ(shell.run("delete backup shop --yes"), 1);
  EXPECT_THAT(shell.err(), HasSubstr("deleting backup 'shop': a job runs"));
}

}  // namespace
}  // namespace salvor::cli
