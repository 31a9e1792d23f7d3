#include "api/credentials.h"

#include <gtest/gtest.h>

namespace salvor::api {
namespace {

std::string token(const std::string& authorization) {
  return presented_token({{"authorization", authorization}});
}

TEST(Credentials, TakesEachFormThatEveTakes) {
  EXPECT_EQ(token("Bearer T"), "T");
  EXPECT_EQ(token("bearer T"), "T");
  EXPECT_EQ(token("Token  T "), "T");
  EXPECT_EQ(token("T"), "T");
  EXPECT_EQ(token("Basic VDo="), "T");
  EXPECT_EQ(token("Basic VDpwYXNzd29yZA=="), "T");
}

TEST(Credentials, FindsNoTokenInOtherHeaders) {
  EXPECT_EQ(token(""), "");
  EXPECT_EQ(token("   "), "");
  EXPECT_EQ(token("Digest T"), "");
  EXPECT_EQ(token("Basic ***"), "");
  EXPECT_EQ(presented_token({{"x-api-key", "T"}}), "");
}

TEST(Credentials, NewKeysFitWhatClientsAccept) {
  const std::string key = new_key();

  EXPECT_TRUE(is_key(key));
  EXPECT_NE(key, new_key());
}

TEST(Credentials, RefuseTextsThatAreNoKey) {
  EXPECT_FALSE(is_key(std::string(99, 'a')));
  EXPECT_TRUE(is_key(std::string(100, 'a')));
  EXPECT_TRUE(is_key(std::string(255, 'a')));
  EXPECT_FALSE(is_key(std::string(256, 'a')));
  EXPECT_FALSE(is_key(std::string(120, 'a') + "+"));
}

TEST(Credentials, KeepOnlyAHashAndASnippet) {
  const std::string key = std::string(120, 'a') + "wxyz";

  EXPECT_EQ(key_snippet(key), "wxyz");
  EXPECT_EQ(key_snippet("ab"), "ab");
  EXPECT_EQ(key_hash(key).size(), 64U);
  EXPECT_EQ(key_hash(key).find("wxyz"), std::string::npos);
}

}  // namespace
}  // namespace salvor::api
