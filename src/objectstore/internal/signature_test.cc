#include "objectstore/internal/signature.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "objectstore/internal/hash.h"

namespace salvor::objectstore::internal {
namespace {

// The requests, the keys and the signatures are the examples of Amazon's documentation of
// Signature Version 4 for S3 ("Authenticating Requests: Using the Authorization Header").
const Credentials kExample{.access_key = "AKIAIOSFODNN7EXAMPLE",
                           .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};

http::Headers example_headers(std::string_view body) {
  return {{"Host", "examplebucket.s3.amazonaws.com"},
          {"x-amz-date", signing_time(1'369'353'600)},
          {"x-amz-content-sha256", hex(digest(Hash::sha256, body))}};
}

std::string signature(std::string_view method, std::string_view path, const Query& query,
                      const http::Headers& headers) {
  const std::string encoded = encoded_path(path);
  const std::string asked = encoded_query(query);
  const std::string value =
      authorization({.method = method, .path = encoded, .query = asked, .headers = headers},
                    kExample, "us-east-1");
  return value.substr(value.rfind('=') + 1);
}

TEST(Signature, SignsARangeOfAnObject) {
  http::Headers headers = example_headers("");
  headers.emplace("Range", "bytes=0-9");

  EXPECT_EQ(signature("GET", "/test.txt", {}, headers),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(Signature, SignsAnUpload) {
  http::Headers headers = example_headers("Welcome to Amazon S3.");
  headers.emplace("Date", "Fri, 24 May 2013 00:00:00 GMT");
  headers.emplace("x-amz-storage-class", "REDUCED_REDUNDANCY");

  EXPECT_EQ(signature("PUT", "/test$file.text", {}, headers),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(Signature, SignsAParameterWithoutAValue) {
  EXPECT_EQ(signature("GET", "/", {{"lifecycle", ""}}, example_headers("")),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST(Signature, SignsAListWhateverTheOrderOfItsParameters) {
  for (const Query& query :
       {Query{{"max-keys", "2"}, {"prefix", "J"}}, Query{{"prefix", "J"}, {"max-keys", "2"}}}) {
    EXPECT_EQ(signature("GET", "/", query, example_headers("")),
              "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
  }
}

TEST(Signature, NamesKeyScopeAndHeaders) {
  const http::Headers headers = example_headers("");

  const std::string value = authorization(
      {.method = "GET", .path = "/", .query = "", .headers = headers}, kExample, "eu-central-1");

  EXPECT_TRUE(value.starts_with(
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/eu-central-1/s3/aws4_request,"
      "SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature="))
      << value;
}

TEST(Signature, EncodesPathsOnceAndQueriesByTheirEncodedBytes) {
  EXPECT_EQ(encoded_path("/a b/~c+%2F.txt"), "/a%20b/~c%2B%252F.txt");
  EXPECT_EQ(encoded_path("/\xc3\xa9"), "/%C3%A9");
  EXPECT_EQ(encoded_query({{"uploads", ""}, {"prefix", "a/b c"}, {"prefi~", "x"}}),
            "prefix=a%2Fb%20c&prefi~=x&uploads=");
  EXPECT_EQ(encoded_query({}), "");
}

}  // namespace
}  // namespace salvor::objectstore::internal
