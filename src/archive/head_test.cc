#include "archive/head.h"

#include <gtest/gtest.h>

namespace salvor::archive {
namespace {

TEST(ReadHead, FindsTheFourFacts) {
  const ObjectHead head = read_head(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":
    {"labels":{"name":"no"},"name":"web","namespace":"shop","uid":"u"},"spec":{}})")
                              .value();

  EXPECT_EQ(head.api_version, "apps/v1");
  EXPECT_EQ(head.version(), "v1");
  EXPECT_EQ(head.kind, "Deployment");
  EXPECT_EQ(head.namespace_name, "shop");
  EXPECT_EQ(head.name, "web");
}

TEST(ReadHead, FindsThemBehindOtherMembers) {
  const ObjectHead head =
      read_head(R"({"a":[{"kind":"x"},"]}",1e9,true,null],"data":{"metadata":{"name":"no"}},
    "metadata":{"name":"n"},"kind":"K","apiVersion":"v1"})")
          .value();

  EXPECT_EQ(head.name, "n");
  EXPECT_EQ(head.kind, "K");
  EXPECT_EQ(head.version(), "v1");
}

TEST(ReadHead, DecodesEscapes) {
  const std::string text = R"({"metadata":{"name":"a\"b\\c\u0041"},"kind":"K"})";

  EXPECT_EQ(read_head(text)->name, "a\"b\\cA");
}

TEST(ReadHead, LeavesWhatIsMissingOrNoStringEmpty) {
  const ObjectHead head =
      read_head(R"({"metadata":{"name":7,"namespace":null},"kind":[]})").value();

  EXPECT_EQ(head.name + head.namespace_name + head.kind + head.api_version, "");
  EXPECT_EQ(read_head(R"({"metadata":"text"})")->name, "");
  EXPECT_TRUE(read_head("{}").ok());
}

TEST(ReadHead, RefusesWhatIsNoObject) {
  for (const char* text :
       {"", "[]", "7", "\"a\"", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":}", "{\"a\":\"",
        "{\"a\":\"\\", "{\"a\":[", "{\"a\":[\"]", "{a:1}", "{\"metadata\":{",
        "{\"metadata\":{\"name\":\"a", "{\"a\":1,}", "{\"kind\":\"\\ud800\"}"}) {
    EXPECT_EQ(read_head(text).error().code, ErrorCode::invalid) << text;
  }
}

TEST(ReadHead, ReadsDeepNestingWithoutTheStack) {
  const std::string deep(1'000'000, '[');
  EXPECT_FALSE(read_head("{\"a\":" + deep + "}").ok());
}

}  // namespace
}  // namespace salvor::archive
