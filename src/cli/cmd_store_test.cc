#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/testing/shell.h"
#include "http/testing/imposter.h"

namespace salvor::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class StoreCommands : public ::testing::Test {
 protected:
  void SetUp() override {
    shell_.environment["AWS_ACCESS_KEY_ID"] = "KEY";
    shell_.environment["AWS_SECRET_ACCESS_KEY"] = "the-secret";
  }
  // A bucket whose server refuses everything.
  std::string refusing_bucket() {
    imposter_.always(
        "", "/",
        {.status = 403, .headers = {}, .body = "<Error><Code>InvalidAccessKeyId</Code></Error>"});
    return "s3:" + imposter_.url() + "/bucket/prefix";
  }

  testing::Shell shell_;
  http::testing::Imposter imposter_;
};

TEST_F(StoreCommands, VerifyAFolder) {
  EXPECT_EQ(shell_.run({"store", "verify", shell_.home.path("store")}), 0) << shell_.err();

  EXPECT_THAT(shell_.out(), HasSubstr("ok      write-once"));
  EXPECT_THAT(shell_.out(), Not(HasSubstr("FAIL")));
  EXPECT_TRUE(std::filesystem::is_empty(shell_.home.path("store/.uploads~")));
}

TEST_F(StoreCommands, VerifyTellsWhichPromiseIsBrokenAndWhy) {
  const std::string bucket = refusing_bucket();

  EXPECT_EQ(shell_.run({"store", "verify", bucket}), 1);

  EXPECT_THAT(shell_.out(), HasSubstr("FAIL    write-once"));
  EXPECT_THAT(shell_.out(), HasSubstr("correct AWS_ACCESS_KEY_ID"));
  EXPECT_THAT(shell_.out() + shell_.err(), Not(HasSubstr("the-secret")));
}

TEST_F(StoreCommands, VerifyAnswersProgramsInJson) {
  const std::string bucket = refusing_bucket();

  EXPECT_EQ(shell_.run({"store", "verify", bucket, "-o", "json"}), 1);

  const auto json = parse_json(shell_.out());
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(json->at("good"), false);
  EXPECT_EQ(json->at("checks").at(0).at("promise"), "write-read");
  EXPECT_EQ(json->at("checks").at(0).at("result"), "FAIL");
}

TEST_F(StoreCommands, SignForTheRegionOfTheEnvironment) {
  shell_.environment["AWS_DEFAULT_REGION"] = "eu-west-1";
  shell_.environment["AWS_SESSION_TOKEN"] = "the-token";
  shell_.environment["SALVOR_REPO_PASSWORD"] = "password";
  const std::string bucket = refusing_bucket();

  EXPECT_EQ(shell_.run({"repo", "snapshots", "--repo", bucket}), 4);

  const http::Request seen = imposter_.requests().at(0);
  EXPECT_THAT(seen.target, HasSubstr("/bucket/prefix/"));
  EXPECT_THAT(http::header(seen.headers, "Authorization"), HasSubstr("Credential=KEY/"));
  EXPECT_THAT(http::header(seen.headers, "Authorization"), HasSubstr("/eu-west-1/s3/"));
  EXPECT_EQ(http::header(seen.headers, "x-amz-security-token"), "the-token");
}

TEST_F(StoreCommands, GoThroughAProxy) {
  refusing_bucket();

  EXPECT_EQ(shell_.run({"store", "verify", "s3:http://s3.invalid/bucket", "--addressing",
                        "virtual-host", "--proxy", imposter_.url()}),
            1);

  EXPECT_EQ(http::header(imposter_.requests().at(0).headers, "Host"), "bucket.s3.invalid");
}

TEST_F(StoreCommands, RefuseWhatCanNeverWork) {
  shell_.environment.erase("AWS_SECRET_ACCESS_KEY");
  EXPECT_EQ(shell_.run("store verify s3:https://s3.example.com/bucket"), 1);
  EXPECT_THAT(shell_.err(), HasSubstr("AWS_SECRET_ACCESS_KEY"));

  EXPECT_EQ(shell_.run("store verify s3:https://KEY:hidden@s3.example.com/bucket"), 1);
  EXPECT_THAT(shell_.err(), Not(HasSubstr("hidden")));

  for (const char* rate : {"0", "-1", "1x", "", "99999999999999999999"}) {
    EXPECT_EQ(shell_.run({"store", "verify", shell_.home.path("store"), "--limit-upload", rate}), 2)
        << rate;
  }
}

TEST_F(StoreCommands, ImportStartsAJob) {
  shell_.server.add("objectstores", {{"name", "bucket"}});

  EXPECT_EQ(shell_.run("store import bucket"), 0) << shell_.err();

  ASSERT_EQ(shell_.server.all("jobs").size(), 1U);
  EXPECT_EQ(shell_.server.all("jobs")[0]["type"], "IMPORT_COPIES");
  EXPECT_THAT(shell_.out(), HasSubstr("salvor jobs wait "));
}

TEST_F(StoreCommands, ImportNeedsAStoreThatIsRegistered) {
  EXPECT_EQ(shell_.run("store import nowhere"), 3);
  EXPECT_THAT(shell_.err(), HasSubstr("nowhere"));
}

}  // namespace
}  // namespace salvor::cli
