// The head of a request, tolerant of raw JSON in its target.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "http/message.h"
#include "http/request_line.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto head = salvor::http::split_request_head(bytes);
  if (head) {
    const std::string target(head->target);
    CHECK(salvor::http::split_target(salvor::http::escape_target(target)).path ==
          salvor::http::split_target(target).path);
  }
  return 0;
}
