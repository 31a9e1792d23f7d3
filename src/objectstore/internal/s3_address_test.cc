#include "objectstore/internal/s3_address.h"

#include <gtest/gtest.h>

namespace salvor::objectstore::internal {
namespace {

S3Address address(const std::string& endpoint, Addressing addressing = Addressing::automatic) {
  return s3_address({.endpoint = endpoint, .bucket = "bucket", .addressing = addressing}).value();
}

TEST(S3Address, PutsTheBucketIntoThePathOrTheHost) {
  const S3Address path = address("http://127.0.0.1:7070");
  EXPECT_EQ(path.base_url, "http://127.0.0.1:7070");
  EXPECT_EQ(path.host, "127.0.0.1:7070");
  EXPECT_EQ(path.path_prefix, "/bucket");

  const S3Address host = address("https://s3.example.com:9000", Addressing::virtual_host);
  EXPECT_EQ(host.base_url, "https://bucket.s3.example.com:9000");
  EXPECT_EQ(host.host, "bucket.s3.example.com:9000");
  EXPECT_EQ(host.path_prefix, "");
}

TEST(S3Address, KnowsHowAmazonIsAddressed) {
  EXPECT_EQ(address("https://s3.eu-central-1.amazonaws.com").host,
            "bucket.s3.eu-central-1.amazonaws.com");
  EXPECT_EQ(address("https://s3.amazonaws.com", Addressing::path).path_prefix, "/bucket");
}

TEST(S3Address, SignsNoPortThatIsTheSchemesOwn) {
  EXPECT_EQ(address("https://s3.example.com:443").host, "s3.example.com");
  EXPECT_EQ(address("http://s3.example.com:80").host, "s3.example.com");
  EXPECT_EQ(address("http://s3.example.com:443").host, "s3.example.com:443");
}

TEST(S3Address, RefusesWhatIsNoEndpointAndDoesNotShowIt) {
  for (const char* endpoint :
       {"", "s3.example.com", "ftp://s3.example.com", "https://",
        "https://key:secret@s3.example.com", "https://s3.example.com/path"}) {
    const auto made = s3_address({.endpoint = endpoint, .bucket = "bucket"});
    EXPECT_EQ(made.error().code, ErrorCode::invalid) << endpoint;
    EXPECT_EQ(made.error().describe().find("secret"), std::string::npos);
  }
}

TEST(S3Address, RefusesNamesThatNoBucketHas) {
  for (const char* bucket : {"", "ab", "a/b", "a..b", ".abc", "a b", "b?c"}) {
    EXPECT_FALSE(s3_address({.endpoint = "https://s3.example.com", .bucket = bucket}).ok())
        << bucket;
  }
}

}  // namespace
}  // namespace salvor::objectstore::internal
