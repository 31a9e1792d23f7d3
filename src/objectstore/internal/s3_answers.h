// What the documents of an S3 server's answers say, and those that are sent to it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "objectstore/store.h"

namespace salvor::objectstore::internal {

// One page of ListObjectsV2: whole keys.
struct ListPage {
  std::vector<ObjectInfo> objects{};
  std::string next{};  // the token of the next page; empty: this was the last
};
Result<ListPage> parse_list(std::string_view body);

struct UnfinishedUpload {
  std::string key{};
  std::string id{};
};
// One page of ListMultipartUploads.
struct UploadsPage {
  std::vector<UnfinishedUpload> uploads{};
  bool has_more = false;
  UnfinishedUpload next{};  // where the next page goes on
};
Result<UploadsPage> parse_uploads(std::string_view body);

// The id of CreateMultipartUpload's answer.
Result<std::string> parse_upload_id(std::string_view body);

// The document that makes an object of its parts, of which these are the tags in order.
std::string completion(const std::vector<std::string>& tags);

// Whether the document that answers it says so: it may be an error in spite of status 200.
bool says_completed(std::string_view body);

// The document that locks an object: nobody can remove it before then, nor shorten the time.
std::string retention_until(EpochSeconds until);

// A header Content-Length.
Result<std::uint64_t> parse_size(std::string_view text);

// A header Content-Range: "bytes 0-9/100".
struct ContentRange {
  std::uint64_t begin = 0;
  std::uint64_t size_bytes = 0;  // of the whole object
};
Result<ContentRange> parse_content_range(std::string_view text);

}  // namespace salvor::objectstore::internal
