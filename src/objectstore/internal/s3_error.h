// What an S3 server's refusal means: one table from its codes to ours.
#pragma once

#include <string>

#include "base/result.h"
#include "http/message.h"

namespace salvor::objectstore::internal {

// Facts of such an error, beside "http_status".
inline constexpr const char* kFactS3Code = "s3_code";      // "NoSuchKey"; "" when none was told
inline constexpr const char* kFactS3Region = "s3_region";  // where the bucket is, if it was told

// The error of an answer that is no success: by the code in its body, else by its status.
Error s3_error(const http::Response& answer, const std::string& doing);

}  // namespace salvor::objectstore::internal
