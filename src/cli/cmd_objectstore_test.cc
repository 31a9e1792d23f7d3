#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/shell.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Shell;

constexpr const char* kAdd = "objectstore add minio --endpoint https://s3:9000 --bucket backups ";

class AddObjectStore : public ::testing::Test {
 protected:
  const Json& added() { return shell.server.all("objectstores").at(0); }
  const Json& credentials() { return added()["s3provider"]["credentials"]; }
  Shell shell;
};

TEST_F(AddObjectStore, SendsWhatTheFlagsSay) {
  const std::string key = shell.home.write("secret", "hush\nmore\n");
  const std::string pem = shell.home.write("ca.pem", "PEM");

  ASSERT_EQ(shell.run(kAdd + ("--access-key id --prefix web --region eu-1 --virtual-host "
                              "--skip-tls-verification --locked --secret-key-file " +
                              key + " --ca-certificate " + pem)),
            0)
      << shell.err();

  EXPECT_EQ(shell.out(), "object store 'minio' added\n");
  EXPECT_EQ(added()["provider_type"], "aws");
  EXPECT_EQ(added()["bucket_name"], "backups");
  EXPECT_EQ(added()["prefix"], "web");
  EXPECT_EQ(added()["region"], "eu-1");
  EXPECT_EQ(added()["path_style"], false);
  EXPECT_EQ(added()["locked"], true);
  EXPECT_EQ(added()["skip_tls_certificate_validation"], true);
  EXPECT_EQ(added()["ca_certificate"], "PEM");
  EXPECT_EQ(added()["s3provider"]["endpoint"], "https://s3:9000");
  EXPECT_EQ(credentials(), Json({{"access_key", "id"}, {"secret_key", "hush"}}));
}

TEST_F(AddObjectStore, TakesKeysFromTheEnvironmentTogether) {
  shell.environment["AWS_ACCESS_KEY_ID"] = "id";
  shell.environment["AWS_SECRET_ACCESS_KEY"] = "hush";
  shell.environment["AWS_SESSION_TOKEN"] = "token";

  ASSERT_EQ(shell.run(kAdd), 0) << shell.err();

  EXPECT_EQ(credentials(),
            Json({{"access_key", "id"}, {"secret_key", "hush"}, {"session_token", "token"}}));
}

TEST_F(AddObjectStore, LeavesTheEnvironmentsTokenAloneWithAnotherKey) {
  shell.environment["AWS_SESSION_TOKEN"] = "token";
  const std::string key = shell.home.write("secret", "hush");

  ASSERT_EQ(shell.run(kAdd + ("--access-key id --secret-key-file " + key)), 0) << shell.err();

  EXPECT_FALSE(credentials().contains("session_token"));
}

TEST_F(AddObjectStore, ReadsTheSecretKeyAndDoesNotShowIt) {
  shell.in.str("hush\r\n");

  ASSERT_EQ(shell.run(std::string(kAdd) + "--access-key id"), 0) << shell.err();

  EXPECT_EQ(credentials()["secret_key"], "hush");
  EXPECT_THAT(shell.out() + shell.err(), Not(HasSubstr("hush")));
}

TEST_F(AddObjectStore, NeedsAnAddressABucketAndKeys) {
  EXPECT_EQ(shell.run("objectstore add minio --bucket b --access-key id"), 2);
  EXPECT_EQ(shell.run("objectstore add minio --endpoint e --access-key id"), 2);
  EXPECT_EQ(shell.run(kAdd), 2);
  EXPECT_EQ(shell.run(std::string(kAdd) + "--access-key id"), 2);
  EXPECT_TRUE(shell.server.log.empty());
}

TEST_F(AddObjectStore, IsListedByItsPlace) {
  shell.environment["AWS_ACCESS_KEY_ID"] = "id";
  shell.environment["AWS_SECRET_ACCESS_KEY"] = "hush";
  shell.run(kAdd);

  EXPECT_EQ(shell.run("get stores"), 0) << shell.err();

  EXPECT_THAT(shell.out(), HasSubstr("minio  backups          https://s3:9000"));
}

}  // namespace
}  // namespace salvor::cli
