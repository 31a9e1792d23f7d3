#include "cli/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using testing::refusal_response;
using testing::Shell;

TEST(Cli, WithoutACommandItExplainsItself) {
  Shell shell;

  EXPECT_EQ(shell.run(""), 0);
  EXPECT_THAT(shell.out(), HasSubstr("restore"));
  EXPECT_THAT(shell.out(), HasSubstr("6  the job ended PARTIAL"));
}

TEST(Cli, AMistakeIsUsage) {
  Shell shell;

  EXPECT_EQ(shell.run("get"), 2);
  EXPECT_THAT(shell.err(), HasSubstr("error: "));
  EXPECT_THAT(shell.err(), HasSubstr("hint: see salvor get --help"));
  EXPECT_EQ(shell.out(), "");
}

TEST(Cli, AWrongKeyIsDenied) {
  Shell shell;
  shell.environment["SALVOR_KEY_FILE"] = shell.home.write("other", "wrong");

  EXPECT_EQ(shell.run("get clusters"), 4);
  EXPECT_THAT(shell.err(), HasSubstr("error: Please provide proper credentials"));
}

TEST(Cli, AServerThatDoesNotAnswerIsUnreachable) {
  Shell shell;
  shell.server.script(
      {.beginning = "GET", .failure = error(ErrorCode::unavailable, "connection refused")});

  EXPECT_EQ(shell.run("get clusters"), 5);
  EXPECT_THAT(shell.err(), HasSubstr("connection refused"));
}

TEST(Cli, IssuesStandFieldByFieldBelowTheError) {
  Shell shell;
  shell.server.add("kubeclusters", {{"name", "prod"}});
  shell.server.add("kubebackups", {{"name", "shop"}});

  EXPECT_EQ(shell.run("backup create shop --cluster prod"), 1);
  EXPECT_THAT(shell.err(), HasSubstr("error: creating backup 'shop': Insertion failure"));
  EXPECT_THAT(shell.err(), HasSubstr("\n  name: value 'shop' is not unique\n"));
}

TEST(Cli, TextFromAServerCannotSendEscapeCodes) {
  Shell shell;
  shell.server.script(
      {.beginning = "GET", .response = refusal_response(400, "bad \033]0;owned\a thing")});

  shell.run("get clusters");

  EXPECT_EQ(shell.err().find('\033'), std::string::npos);
}

TEST(Cli, AFaceGetsItsWordsAsTheyAre) {
  Shell shell;
  const Io io{.in = shell.in,
              .out = std::cout,
              .err = std::cerr,
              .clock = shell.clock,
              .environment = {},
              .connect = {},
              .stop = {},
              .read_secret = {}};
  std::vector<std::string> got;
  const Program program{
      .faces = {
          {.name = "serve", .summary = "Serve", .run = [&](const std::vector<std::string>& words) {
             got = words;
             return 42;
           }}}};
  const char* arguments[] = {"salvor", "serve", "--help", "-x"};

  EXPECT_EQ(run(4, arguments, io, program), 42);
  EXPECT_EQ(got, (std::vector<std::string>{"--help", "-x"}));
}

}  // namespace
}  // namespace salvor::cli
