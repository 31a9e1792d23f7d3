// Where requests for a bucket go, worked out once from the options.
#pragma once

#include <string>

#include "base/result.h"
#include "objectstore/s3_options.h"

namespace salvor::objectstore::internal {

struct S3Address {
  std::string base_url{};     // "https://bucket.s3.amazonaws.com"
  std::string host{};         // "bucket.s3.amazonaws.com", with a port that is not the scheme's own
  std::string path_prefix{};  // "/bucket", or "" when it stands in the host's name
};

// Fails with invalid, naming the option, when there can be no such address.
Result<S3Address> s3_address(const S3Options& options);

}  // namespace salvor::objectstore::internal
