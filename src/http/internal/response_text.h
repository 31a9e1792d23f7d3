// A response as the bytes of HTTP/1.1 that go before its body.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/message.h"

namespace salvor::http::internal {

// How the connection goes on after a response.
enum class Afterwards {
  close,
  keep,
  keep_http_1_0,  // kept for a client that has to be told so
};

// Statuses whose responses end with their headers (RFC 9112, 6.3).
bool has_body(int status);

// Status line and headers, with Content-Length, Date and Connection as they must be: what the
// response itself says of these and of Transfer-Encoding is left out. Line breaks in values become
// blanks, so that no value can become a header of its own.
std::string response_head(const Response& response, Afterwards afterwards, EpochSeconds now);

}  // namespace salvor::http::internal
