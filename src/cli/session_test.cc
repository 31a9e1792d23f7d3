#include "cli/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using testing::Shell;

TEST(Session, WithoutAServerItTellsHowToLogIn) {
  Shell shell;
  shell.environment.erase("SALVOR_SERVER");

  EXPECT_EQ(shell.run("get clusters"), 2);
  EXPECT_THAT(shell.err(), HasSubstr("salvor login SERVER"));
}

TEST(Session, AKeyGoesOnlyToTheServerItWasMadeFor) {
  Shell shell;
  shell.run("login http://salvor.test --key-file " + shell.home.path("key"));
  shell.environment.erase("SALVOR_KEY_FILE");

  EXPECT_EQ(shell.run("get clusters"), 0);
  EXPECT_EQ(shell.run("get clusters --server http://other.test"), 4);
  EXPECT_THAT(shell.err(), HasSubstr("no key for http://other.test"));
}

TEST(Session, FlagsWinOverTheEnvironment) {
  Shell shell;
  const std::string key = shell.home.write("flag-key", shell.server.key);
  shell.environment["SALVOR_KEY_FILE"] = "/no/such/file";

  EXPECT_EQ(shell.run("get clusters --server https://flag.test/ --key-file " + key +
                      " --ca-file /ca.pem --insecure-skip-verify"),
            0)
      << shell.err();

  EXPECT_EQ(shell.server.endpoint().url, "https://flag.test");
  EXPECT_EQ(shell.server.endpoint().ca_file, "/ca.pem");
  EXPECT_TRUE(shell.server.endpoint().insecure_skip_verify);
}

TEST(Session, ABrokenContextsFileDoesNotMatterWhenNoneIsNeeded) {
  Shell shell;
  shell.home.write(".config/salvor/contexts.yaml", "[");

  EXPECT_EQ(shell.run("get clusters"), 0) << shell.err();
}

TEST(Session, AKeyFileThatCannotBeReadIsNamed) {
  Shell shell;
  shell.environment["SALVOR_KEY_FILE"] = "/no/such/file";

  EXPECT_EQ(shell.run("get clusters"), 1);
  EXPECT_THAT(shell.err(), HasSubstr("reading the key: /no/such/file: No such file"));
}

}  // namespace
}  // namespace salvor::cli
