// AWS Signature Version 4, as S3 wants it: paths are encoded once, the payload's hash is a header.
// Pure: the time is handed in.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "http/message.h"
#include "objectstore/credentials.h"

namespace salvor::objectstore::internal {

using Query = std::vector<std::pair<std::string, std::string>>;

// A path as it is signed and sent: all but unreserved characters and '/' escaped.
std::string encoded_path(std::string_view path);
// The same for a query: names and values escaped, '/' too, sorted by their escaped bytes; "a=" for
// an empty value.
std::string encoded_query(const Query& query);

// "20130524T000000Z".
std::string signing_time(EpochSeconds time);

// What is signed. All headers are, so they must be sent as they are here; Host (with its port, if
// it is not the scheme's own), x-amz-date and x-amz-content-sha256 are among them.
struct SignedParts {
  std::string_view method{};
  std::string_view path{};   // encoded
  std::string_view query{};  // encoded
  const http::Headers& headers;
};

// The value of the header Authorization.
std::string authorization(const SignedParts& parts, const Credentials& credentials,
                          const std::string& region);

}  // namespace salvor::objectstore::internal
