// What no real server can be brought to say at will, said by a scripted one.
#include "objectstore/internal/s3_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "http/testing/imposter.h"
#include "objectstore/internal/s3_error.h"
#include "objectstore/s3.h"
#include "objectstore/testing/whole.h"

namespace salvor::objectstore::internal {
namespace {

using http::testing::Imposter;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

http::Response refusal(int status, const std::string& code, const std::string& more = {}) {
  return {.status = status,
          .headers = {},
          .body = "<Error><Code>" + code + "</Code>" + more + "</Error>"};
}

http::Response answer(const std::string& body, http::Headers headers = {}) {
  return {.status = 200, .headers = std::move(headers), .body = body};
}

class S3Scripted : public ::testing::Test {
 protected:
  S3Options options(std::uint64_t part_bytes = 1'000) const {
    return {.endpoint = imposter_.url(),
            .bucket = "bucket",
            .credentials = {"KEY", "the-secret", "the-token"},
            .part_bytes = part_bytes};
  }
  Result<http::Response> get() {
    S3Call call{.method = "GET", .key = "a"};
    return client_->send(context_, call);
  }
  std::string authorization_of(std::size_t request) const {
    return http::header(imposter_.requests().at(request).headers, "Authorization");
  }
  void let_names_be_free() { imposter_.always("HEAD", "/", {.status = 404}); }

  Imposter imposter_;
  std::unique_ptr<S3Client> client_ = S3Client::create(options()).value();
  std::unique_ptr<Store> store_ = open_s3_store(options()).value();
  Context context_ = background();
};

TEST_F(S3Scripted, SignsWithTheSessionToken) {
  imposter_.always("GET", "/bucket/a", answer("x"));

  ASSERT_TRUE(get().ok());

  const http::Request seen = imposter_.requests().at(0);
  EXPECT_EQ(http::header(seen.headers, "x-amz-security-token"), "the-token");
  EXPECT_THAT(authorization_of(0),
              HasSubstr("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token"));
}

TEST_F(S3Scripted, GoesToTheRegionThatIsNamedOnce) {
  imposter_.once("GET", "/bucket/a",
                 refusal(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"));
  imposter_.always("GET", "/bucket/a", answer("x"));

  ASSERT_TRUE(get().ok());
  ASSERT_TRUE(get().ok());

  EXPECT_EQ(imposter_.requests().size(), 3U);
  EXPECT_THAT(authorization_of(0), HasSubstr("/us-east-1/s3/"));
  EXPECT_THAT(authorization_of(2), HasSubstr("/eu-west-1/s3/"));
}

TEST_F(S3Scripted, GoesToTheRegionThatAnotherRequestWasToldMeanwhile) {
  imposter_.hold("GET", "/bucket/a");
  std::vector<std::jthread> threads;  // the promise under test: any thread may call
  for (int i = 0; i < 2; ++i) {
    imposter_.once("GET", "/bucket/a",
                   refusal(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"));
    threads.emplace_back([&] { EXPECT_TRUE(get().ok()); });
  }
  imposter_.always("GET", "/bucket/a", answer("x"));
  EXPECT_TRUE(imposter_.wait_for_requests(2));

  imposter_.release();
}

TEST_F(S3Scripted, GoesToTheRegionOfARedirectAndNoFurther) {
  for (const char* region : {"one", "two", "three"}) {
    http::Response redirect = refusal(301, "PermanentRedirect");
    redirect.headers.emplace("x-amz-bucket-region", region);
    imposter_.once("GET", "/bucket/a", redirect);
  }

  const auto got = get();

  EXPECT_EQ(got.error().code, ErrorCode::invalid);
  EXPECT_THAT(got.error().hint, HasSubstr("the server names two"));
  EXPECT_EQ(imposter_.requests().size(), 2U);
}

TEST_F(S3Scripted, AsksWhyAHeadWasRefused) {
  imposter_.always("HEAD", "/bucket/a", {.status = 403});
  imposter_.always("GET", "/bucket/a", refusal(403, "InvalidAccessKeyId"));

  const auto found = store_->stat(context_, "a");

  EXPECT_EQ(found.error().code, ErrorCode::denied);
  EXPECT_THAT(found.error().hint, HasSubstr("AWS_ACCESS_KEY_ID"));
}

TEST_F(S3Scripted, HidesSecretsThatAServerRepeats) {
  imposter_.always("GET", "/bucket/a",
                   refusal(403, "Odd", "<Message>the-secret or the-token is hidden</Message>"));

  const Error failure = get().error();

  EXPECT_THAT(failure.describe(), Not(HasSubstr("the-secret")));
  EXPECT_THAT(failure.describe(), Not(HasSubstr("the-token")));
}

TEST_F(S3Scripted, SendsAWriteThatIsNoCopyOnlyOnce) {
  let_names_be_free();
  imposter_.always("PUT", "/bucket/a", answer(""));

  ASSERT_TRUE(testing::put_all(*store_, "a", "x").ok());

  const http::Request put = imposter_.requests().at(1);
  EXPECT_EQ(http::header(put.headers, "If-None-Match"), "*");
  EXPECT_EQ(http::header(put.headers, "Content-MD5"), "ndTkYSaMgDT1yFZOFVxnpg==");
}

TEST_F(S3Scripted, HidesASecretThatIsAWordOfTheMessage) {
  imposter_.always("GET", "/bucket/a", refusal(403, "Odd", "<Message>hidden hidden</Message>"));
  S3Options other = options();
  other.credentials.secret_key = "hidden";
  client_ = S3Client::create(other).value();

  EXPECT_THAT(get().error().message, HasSubstr("(hidden) (hidden)"));
}

class S3Multipart : public S3Scripted {
 protected:
  void SetUp() override {
    let_names_be_free();
    imposter_.always("POST", "/bucket/a?uploads=",
                     answer("<InitiateMultipartUploadResult><UploadId>the id</UploadId>"
                            "</InitiateMultipartUploadResult>"));
    imposter_.always("PUT", "/bucket/a?partNumber=", answer("", {{"ETag", "\"tag\""}}));
    imposter_.always("DELETE", "/bucket/a?uploadId=", {.status = 204});
  }
  void complete_with(const std::string& body) {
    imposter_.once("POST", "/bucket/a?uploadId=the%20id", answer(body));
  }
  std::size_t aborts() const {
    std::size_t count = 0;
    for (const http::Request& request : imposter_.requests()) count += request.method == "DELETE";
    return count;
  }
};

TEST_F(S3Multipart, SendsPartsAndPutsThemTogether) {
  complete_with("<CompleteMultipartUploadResult/>");

  ASSERT_TRUE(testing::put_all(*store_, "a", std::string(2'500, 'x')).ok());

  const auto seen = imposter_.requests();
  ASSERT_EQ(seen.size(), 6U);
  EXPECT_EQ(seen[2].target, "/bucket/a?partNumber=1&uploadId=the%20id");
  EXPECT_EQ(seen[2].body.size(), 1'000U);
  EXPECT_EQ(seen[4].body.size(), 500U);
  EXPECT_EQ(http::header(seen[5].headers, "If-None-Match"), "*");
  EXPECT_THAT(seen[5].body, HasSubstr("<PartNumber>3</PartNumber><ETag>\"tag\"</ETag>"));
  EXPECT_EQ(aborts(), 0U);
}

TEST_F(S3Multipart, TakesAnErrorForOneInSpiteOfItsStatus) {
  complete_with("<Error><Code>SlowDown</Code></Error>");

  const auto done = testing::put_all(*store_, "a", std::string(2'500, 'x'));

  EXPECT_EQ(done.error().code, ErrorCode::unavailable);
  EXPECT_EQ(aborts(), 1U);
}

TEST_F(S3Multipart, DoesNotKnowWhatAnUnreadableAnswerMeans) {
  complete_with("");

  EXPECT_EQ(testing::put_all(*store_, "a", std::string(2'500, 'x')).error().code,
            ErrorCode::unknown_outcome);
}

TEST_F(S3Multipart, TakesNoByteTwiceWhenAWriteIsMadeAgain) {
  imposter_.once("PUT", "/bucket/a?partNumber=2", refusal(503, "SlowDown"));
  complete_with("<CompleteMultipartUploadResult/>");
  std::string bytes;
  while (bytes.size() < 3'500) bytes += std::to_string(bytes.size()) + ",";
  const auto upload = store_->put(context_, "a").value();

  EXPECT_EQ(upload->write(context_, bytes).error().code, ErrorCode::unavailable);
  EXPECT_TRUE(upload->write(context_, bytes).ok());
  EXPECT_TRUE(upload->finish(context_).ok());

  std::string sent;
  std::string last;
  for (const http::Request& request : imposter_.requests()) {
    if (request.method == "PUT" && request.target != last) sent += request.body;
    if (request.method == "PUT") last = request.target;
  }
  EXPECT_EQ(sent, bytes);
}

TEST_F(S3Scripted, RefusesAnotherPartThanItAskedFor) {
  for (const char* range : {"bytes 1-3/10", "bytes 0-2/2", "bytes 0-2/10"}) {
    imposter_.once("GET", "/bucket/a",
                   {.status = 206, .headers = {{"Content-Range", range}}, .body = "xyz"});
    EXPECT_EQ(testing::get_all(*store_, "a").error().code, ErrorCode::corrupt) << range;
  }
  std::string part(2, '-');
  imposter_.once("GET", "/bucket/a", answer("0123456789"));
  EXPECT_EQ(store_->read(context_, "a", 3, part).error().code, ErrorCode::corrupt);
}

TEST_F(S3Scripted, NoticesAnObjectThatIsReplacedWhileItIsRead) {
  imposter_.once("GET", "/bucket/a",
                 {.status = 206,
                  .headers = {{"Content-Range", "bytes 0-8388607/9000000"}, {"ETag", "\"1\""}},
                  .body = std::string(8'388'608, 'x')});
  imposter_.once("GET", "/bucket/a", refusal(412, "PreconditionFailed"));

  EXPECT_EQ(testing::get_all(*store_, "a").error().code, ErrorCode::corrupt);

  EXPECT_EQ(http::header(imposter_.requests().at(1).headers, "If-Match"), "\"1\"");
}

TEST_F(S3Scripted, NoticesAnObjectThatShrinksWhileItIsRead) {
  const auto begin_to_answer = [&] {
    imposter_.once("GET", "/bucket/a",
                   {.status = 206,
                    .headers = {{"Content-Range", "bytes 0-8388607/9000000"}},
                    .body = std::string(8'388'608, 'x')});
  };
  begin_to_answer();
  imposter_.once("GET", "/bucket/a", refusal(416, "InvalidRange"));
  EXPECT_EQ(testing::get_all(*store_, "a").error().code, ErrorCode::corrupt);

  begin_to_answer();
  imposter_.once("GET", "/bucket/a",
                 {.status = 206,
                  .headers = {{"Content-Range", "bytes 8388608-8388609/8388610"}},
                  .body = "xx"});
  EXPECT_EQ(testing::get_all(*store_, "a").error().code, ErrorCode::corrupt);
}

TEST_F(S3Scripted, RefusesListsThatGoInACircle) {
  const std::string more =
      "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>";
  imposter_.always("GET", "/bucket?", answer("<ListBucketResult>" + more + "</ListBucketResult>"));

  EXPECT_EQ(store_->list(context_, "").error().code, ErrorCode::corrupt);

  EXPECT_EQ(imposter_.requests().size(), 2U);
}

TEST_F(S3Scripted, LeavesOutWhatNoObjectOfOursIsCalled) {
  imposter_.always("GET", "/bucket?",
                   answer("<ListBucketResult><Contents><Key>a b</Key><Size>1</Size></Contents>"
                          "<Contents><Key>folder/</Key><Size>0</Size></Contents>"
                          "<Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>"));

  EXPECT_EQ(testing::names_in(*store_, ""), testing::Names{"a"});
}

TEST(S3Client, IsRefusedWithoutKeys) {
  const auto made = S3Client::create({.endpoint = "https://s3.example.com", .bucket = "bucket"});

  EXPECT_EQ(made.error().code, ErrorCode::invalid);
  EXPECT_THAT(made.error().hint, HasSubstr("AWS_ACCESS_KEY_ID"));
}

TEST(OpenS3Store, RefusesPrefixesThatNoObjectCanHave) {
  for (const char* prefix : {"/a", "a/", "a//b", "../a", "a b"}) {
    EXPECT_FALSE(open_s3_store({.endpoint = "https://s3.example.com",
                                .bucket = "bucket",
                                .prefix = prefix,
                                .credentials = {"KEY", "secret", ""}})
                     .ok())
        << prefix;
  }
}

}  // namespace
}  // namespace salvor::objectstore::internal
