// An answer of an S3 server, as each kind of document that is read.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "objectstore/internal/s3_answers.h"
#include "objectstore/internal/s3_error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace s3 = salvor::objectstore::internal;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(s3::parse_list(text).ok());
  static_cast<void>(s3::parse_uploads(text).ok());
  static_cast<void>(s3::parse_upload_id(text).ok());
  static_cast<void>(s3::says_completed(text));
  static_cast<void>(s3::parse_content_range(text).ok());
  static_cast<void>(
      s3::s3_error({.status = 400, .headers = {}, .body = std::string(text)}, "").code);
  return 0;
}
