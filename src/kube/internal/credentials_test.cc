#include "kube/internal/credentials.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "kube/testing/instant_clock.h"

namespace salvor::kube {
namespace {

using testing::HasSubstr;

class CredentialsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = testing::TempDir() + "credentials_test";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder + "/" + name) << text;
  }
  std::string token_of(Credentials& credentials) {
    const auto current = credentials.current(context);
    return current.ok() ? current->token : current.error().message;
  }
  // A plugin that prints a token of its own each time, with this expirationTimestamp.
  ExecPlugin counting_plugin(const std::string& expires) const {
    const std::string script =
        "echo x >> " + folder + "/runs; n=$(wc -l < " + folder +
        "/runs); echo \"{\\\"kind\\\":\\\"ExecCredential\\\",\\\"apiVersion\\\":"
        "\\\"client.authentication.k8s.io/v1\\\",\\\"status\\\":{\\\"token\\\":\\\"token-$n\\\"" +
        (expires.empty() ? "" : ",\\\"expirationTimestamp\\\":\\\"" + expires + "\\\"") + "}}\"";
    return {.api_version = "client.authentication.k8s.io/v1",
            .command = "sh",
            .arguments = {"-c", script}};
  }

  InstantClock clock;
  Context context{clock, null_log(), {}, {}};
  std::string folder;
};

TEST_F(CredentialsTest, GiveAFixedTokenOrNone) {
  EXPECT_EQ(token_of(*make_credentials({.server = "", .identity = StaticToken{"abc"}})), "abc");
  EXPECT_EQ(token_of(*make_credentials({.server = ""})), "");
}

TEST_F(CredentialsTest, ReadATokenFileAgainAfterAMinute) {
  write("token", "one\n");
  const auto credentials =
      make_credentials({.server = "", .identity = TokenFile{folder + "/token"}});

  EXPECT_EQ(token_of(*credentials), "one");
  write("token", "two");
  EXPECT_EQ(token_of(*credentials), "one");
  clock.wait_for(std::chrono::seconds(61), {});
  EXPECT_EQ(token_of(*credentials), "two");
}

TEST_F(CredentialsTest, ReadATokenFileAgainAfterARefusal) {
  write("token", "one");
  const auto credentials =
      make_credentials({.server = "", .identity = TokenFile{folder + "/token"}});
  EXPECT_EQ(token_of(*credentials), "one");
  write("token", "two");

  credentials->reject({.token = "one", .certificate_pem = "", .key_pem = ""});

  EXPECT_EQ(token_of(*credentials), "two");
}

TEST_F(CredentialsTest, NameATokenFileThatIsNotThere) {
  const auto credentials =
      make_credentials({.server = "", .identity = TokenFile{"/nowhere/token"}});

  EXPECT_THAT(token_of(*credentials), HasSubstr("/nowhere/token is missing or empty"));
}

TEST_F(CredentialsTest, RunAPluginOnceUntilItsCredentialEnds) {
  const std::string expires = rfc3339(clock.wall_seconds() + 100);
  const auto credentials = make_credentials({.server = "", .identity = counting_plugin(expires)});

  EXPECT_EQ(token_of(*credentials), "token-1");
  EXPECT_EQ(token_of(*credentials), "token-1");
  clock.wait_for(std::chrono::seconds(95), {});
  EXPECT_EQ(token_of(*credentials), "token-2");
}

TEST_F(CredentialsTest, RunAPluginAgainAfterARefusalOfWhatItGave) {
  const auto credentials = make_credentials({.server = "", .identity = counting_plugin("")});
  const auto first = credentials->current(context);
  ASSERT_TRUE(first.ok()) << first.error().describe();

  credentials->reject({.token = "another", .certificate_pem = "", .key_pem = ""});
  EXPECT_EQ(token_of(*credentials), "token-1");
  credentials->reject(*first);
  EXPECT_EQ(token_of(*credentials), "token-2");
}

TEST_F(CredentialsTest, HintHowToInstallAMissingPlugin) {
  const ExecPlugin plugin{.api_version = "client.authentication.k8s.io/v1",
                          .command = "no-such-plugin",
                          .install_hint = "brew install plugin"};
  const auto credentials = make_credentials({.server = "", .identity = plugin});

  const auto current = credentials->current(context);

  ASSERT_FALSE(current.ok());
  EXPECT_THAT(current.error().message, HasSubstr("getting credentials: cannot run no-such-plugin"));
  EXPECT_EQ(current.error().hint, "brew install plugin");
}

}  // namespace
}  // namespace salvor::kube
