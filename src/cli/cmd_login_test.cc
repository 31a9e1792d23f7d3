#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/files.h"
#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Shell;

class Login : public ::testing::Test {
 protected:
  Login() {
    shell.environment.erase("SALVOR_SERVER");
    shell.environment.erase("SALVOR_KEY_FILE");
  }
  Shell shell;
};

TEST_F(Login, ReadsTheKeyFromStandardInputAndRemembersIt) {
  shell.in.str(shell.server.key + "\n");

  EXPECT_EQ(shell.run("login http://salvor.test"), 0) << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("context 'salvor.test' is the current one"));
  EXPECT_EQ(shell.run("get clusters"), 0) << shell.err();
}

TEST_F(Login, RemembersNothingWhenTheKeyIsRefused) {
  shell.in.str("wrong-key\n");

  EXPECT_EQ(shell.run("login http://salvor.test"), 4);

  EXPECT_THAT(shell.err(), HasSubstr("logging in to http://salvor.test"));
  EXPECT_THAT(shell.err(), Not(HasSubstr("wrong-key")));
  EXPECT_FALSE(std::filesystem::exists(shell.home.path(".config/salvor/contexts.yaml")));
}

TEST_F(Login, KeepsHowTheServerIsTrusted) {
  const std::string key = shell.home.path("key");
  shell.run("login https://s --name lab --key-file " + key + " --ca-file /ca.pem");
  ASSERT_EQ(shell.run("get clusters"), 0) << shell.err();

  EXPECT_EQ(shell.server.endpoint().ca_file, "/ca.pem");
  EXPECT_FALSE(shell.server.endpoint().insecure_skip_verify);
}

TEST_F(Login, ContextsAreListedWithoutTheirKeysAndChosenByName) {
  const std::string key = shell.home.path("key");
  shell.run("login http://one --name one --key-file " + key);
  shell.run("login http://two --name two --key-file " + key);

  ASSERT_EQ(shell.run("context use one"), 0) << shell.err();
  ASSERT_EQ(shell.run("context list"), 0);

  EXPECT_EQ(shell.out(),
            "CURRENT  NAME  SERVER\n"
            "*        one   http://one\n"
            "         two   http://two\n");
  shell.run("context list -o json");
  EXPECT_THAT(shell.out(), HasSubstr("\"current\": true"));
  EXPECT_THAT(shell.out(), Not(HasSubstr(shell.server.key)));
}

TEST_F(Login, WarnsWhenTheKeyTravelsInClearText) {
  const std::string key = " --key-file " + shell.home.path("key");

  shell.run("login http://far.example.com" + key);
  EXPECT_THAT(shell.err(), HasSubstr("clear text"));
  for (const char* server :
       {"http://127.0.0.1:8080", "http://localhost", "https://far.example.com"}) {
    shell.run("login " + std::string(server) + key);
    EXPECT_EQ(shell.err(), "") << server;
  }
}

TEST_F(Login, AnUnknownContextIsNotFound) { EXPECT_EQ(shell.run("context use nope"), 3); }

}  // namespace
}  // namespace salvor::cli
