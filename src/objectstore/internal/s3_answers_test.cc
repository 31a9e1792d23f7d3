#include "objectstore/internal/s3_answers.h"

#include <gtest/gtest.h>

namespace salvor::objectstore::internal {
namespace {

TEST(S3Answers, ReadsAPageOfAList) {
  const auto page = parse_list(
      "<ListBucketResult><IsTruncated>true</IsTruncated>"
      "<NextContinuationToken>t+1</NextContinuationToken>"
      "<Contents><Key>a/b</Key><Size>3</Size></Contents>"
      "<Contents><Key>c&amp;d</Key><Size>18446744073709551615</Size></Contents></"
      "ListBucketResult>");

  ASSERT_TRUE(page.ok()) << page.error().describe();
  EXPECT_EQ(page->next, "t+1");
  ASSERT_EQ(page->objects.size(), 2U);
  EXPECT_EQ(page->objects[0].name, "a/b");
  EXPECT_EQ(page->objects[0].size_bytes, 3U);
  EXPECT_EQ(page->objects[1].name, "c&d");
  EXPECT_EQ(page->objects[1].size_bytes, ~std::uint64_t{0});
}

TEST(S3Answers, UndoesTheEncodingOfKeysIfThereIsOne) {
  const std::string item = "<Contents><Key>a%2Fb%01+c</Key><Size>3</Size></Contents>";

  const auto plain = parse_list("<ListBucketResult>" + item + "</ListBucketResult>");
  const auto encoded = parse_list("<ListBucketResult><EncodingType>url</EncodingType>" + item +
                                  "</ListBucketResult>");

  EXPECT_EQ(plain->objects.at(0).name, "a%2Fb%01+c");
  EXPECT_EQ(encoded->objects.at(0).name, "a/b\x01 c");
}

TEST(S3Answers, RefusesListsThatCannotBeTrusted) {
  for (const char* body :
       {"", "<html/>", "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
        "<ListBucketResult><Contents><Key>a</Key><Size>-1</Size></Contents></ListBucketResult>",
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"}) {
    EXPECT_EQ(parse_list(body).error().code, ErrorCode::corrupt) << body;
  }
}

TEST(S3Answers, ReadsAPageOfUploads) {
  const auto page = parse_uploads(
      "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker>"
      "<NextUploadIdMarker>1</NextUploadIdMarker>"
      "<Upload><Key>a</Key><UploadId>1</UploadId></Upload></ListMultipartUploadsResult>");

  ASSERT_TRUE(page.ok()) << page.error().describe();
  EXPECT_TRUE(page->has_more);
  EXPECT_EQ(page->next.key, "a");
  EXPECT_EQ(page->next.id, "1");
  ASSERT_EQ(page->uploads.size(), 1U);
  EXPECT_EQ(page->uploads[0].id, "1");
}

TEST(S3Answers, WritesThePartsOfAnUploadInOrder) {
  EXPECT_EQ(completion({"\"a\"", "<&>"}),
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"a\"</ETag></Part>"
            "<Part><PartNumber>2</PartNumber><ETag>&lt;&amp;&gt;</ETag></Part>"
            "</CompleteMultipartUpload>");
}

TEST(S3Answers, TellsAnErrorFromACompletion) {
  EXPECT_TRUE(says_completed("<CompleteMultipartUploadResult/>"));
  EXPECT_FALSE(says_completed("<Error><Code>InternalError</Code></Error>"));
  EXPECT_FALSE(says_completed(""));
}

TEST(S3Answers, ReadsWhichPartOfAnObjectCame) {
  const auto range = parse_content_range("bytes 3-9/10");

  ASSERT_TRUE(range.ok());
  EXPECT_EQ(range->begin, 3U);
  EXPECT_EQ(range->size_bytes, 10U);
  for (const char* text :
       {"", "bytes */10", "bytes 3-9/*", "bytes 3/10-9", "bytes -9/10", "3-9/10", "bytes 11-12/10"})
    EXPECT_FALSE(parse_content_range(text).ok()) << text;
}

}  // namespace
}  // namespace salvor::objectstore::internal
