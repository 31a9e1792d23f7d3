#include "objectstore/internal/s3_error.h"

#include <gtest/gtest.h>

namespace salvor::objectstore::internal {
namespace {

Error refusal(int status, const std::string& code, const std::string& more = {}) {
  return s3_error({.status = status,
                   .headers = {},
                   .body = "<Error><Code>" + code + "</Code>" + more + "</Error>"},
                  "doing this");
}

TEST(S3Error, TellsWhatARefusalMeans) {
  struct Row {
    int status;
    const char* s3_code;
    ErrorCode code;
  };
  for (const Row& row :
       {Row{404, "NoSuchKey", ErrorCode::not_found}, Row{404, "NoSuchBucket", ErrorCode::not_found},
        Row{403, "AccessDenied", ErrorCode::denied},
        Row{403, "InvalidAccessKeyId", ErrorCode::denied},
        Row{403, "SignatureDoesNotMatch", ErrorCode::denied},
        Row{503, "SlowDown", ErrorCode::unavailable},
        Row{500, "InternalError", ErrorCode::unavailable},
        Row{400, "RequestTimeout", ErrorCode::unavailable},
        Row{409, "ExistingObjectIsDirectory", ErrorCode::unavailable},
        Row{412, "PreconditionFailed", ErrorCode::conflict},
        Row{400, "BadDigest", ErrorCode::corrupt}, Row{403, "QuotaExceeded", ErrorCode::exhausted},
        Row{400, "SomethingNew", ErrorCode::invalid},
        Row{503, "SomethingNew", ErrorCode::unavailable}}) {
    const Error failure = refusal(row.status, row.s3_code);
    EXPECT_EQ(failure.code, row.code) << row.s3_code;
    EXPECT_EQ(failure.fact(kFactS3Code), row.s3_code);
  }
}

TEST(S3Error, NamesTheSettingToCorrect) {
  EXPECT_NE(refusal(403, "InvalidAccessKeyId").hint.find("AWS_ACCESS_KEY_ID"), std::string::npos);
  EXPECT_NE(refusal(403, "SignatureDoesNotMatch").hint.find("AWS_SECRET_ACCESS_KEY"),
            std::string::npos);
  EXPECT_NE(refusal(404, "NoSuchBucket").hint.find("bucket"), std::string::npos);
}

TEST(S3Error, TellsTheRegionThatTheServerNames) {
  const Error failure = refusal(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>");

  EXPECT_EQ(failure.fact(kFactS3Region), "eu-west-1");
  EXPECT_NE(failure.hint.find("eu-west-1"), std::string::npos);
}

TEST(S3Error, GoesByTheStatusWhenTheBodyTellsNothing) {
  EXPECT_EQ(s3_error({.status = 404, .headers = {}, .body = ""}, "x").code, ErrorCode::not_found);
  EXPECT_EQ(s3_error({.status = 502, .headers = {}, .body = "<html>"}, "x").code,
            ErrorCode::unavailable);
  EXPECT_EQ(s3_error({.status = 302, .headers = {}, .body = ""}, "x").code, ErrorCode::invalid);
}

TEST(S3Error, ShowsOnlyALittleOfWhatTheServerSays) {
  const Error failure =
      refusal(400, "Odd", "<Message>\xc3\xa9 " + std::string(5'000, 'x') + "</Message>");

  EXPECT_LT(failure.message.size(), 400U);
  EXPECT_EQ(failure.message.find('\xc3'), std::string::npos);
}

}  // namespace
}  // namespace salvor::objectstore::internal
