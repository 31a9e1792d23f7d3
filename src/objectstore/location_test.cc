#include "objectstore/location.h"

#include <gtest/gtest.h>

#include "objectstore/testing/folder.h"
#include "objectstore/testing/whole.h"

namespace salvor::objectstore::testing {
namespace {

TEST(Location, NamesABucketAsResticDoes) {
  struct Row {
    const char* location;
    const char* endpoint;
    const char* bucket;
    const char* prefix;
  };
  for (const Row& row :
       {Row{"s3:https://s3.example.com/bucket", "https://s3.example.com", "bucket", ""},
        Row{"s3:http://127.0.0.1:9000/bucket/a/b/", "http://127.0.0.1:9000", "bucket", "a/b"},
        Row{"s3:s3.amazonaws.com/bucket/a", "https://s3.amazonaws.com", "bucket", "a"}}) {
    const auto options = bucket_options(row.location, {.region = "eu-west-1"});
    ASSERT_TRUE(options.ok()) << row.location;
    EXPECT_EQ(options->endpoint, row.endpoint);
    EXPECT_EQ(options->bucket, row.bucket);
    EXPECT_EQ(options->prefix, row.prefix);
    EXPECT_EQ(options->region, "eu-west-1");
  }
}

TEST(Location, RefusesWhatNamesNoBucketAndShowsNoKey) {
  const StoreAccess access{.s3 = {.credentials = {"KEY", "secret", ""}}};
  for (const char* location :
       {"s3:", "s3:https://s3.example.com", "s3:https://s3.example.com/", "s3://bucket/prefix",
        "s3:https://KEY:secret@s3.example.com/bucket", "s3:ftp://s3.example.com/bucket",
        "s3:https://s3.example.com/b", "s3:https://s3.example.com/bucket/a//b",
        "s3:https://s3.example.com/bucket/a?b=c"}) {
    const auto opened = open_store(location, access);
    ASSERT_FALSE(opened.ok()) << location;
    EXPECT_EQ(opened.error().code, ErrorCode::invalid);
    EXPECT_EQ(opened.error().describe().find("secret"), std::string::npos);
  }
}

TEST(Location, IsAFolderElse) {
  const ScratchFolder folder;

  const auto store =
      open_store(folder.path(), {.bandwidth = {.up_bytes = std::uint64_t{1} << 40}}).value();

  EXPECT_TRUE(put_all(*store, "a", "x").ok());
  EXPECT_EQ(folder.files(), 1U);
}

}  // namespace
}  // namespace salvor::objectstore::testing
