// The body of a request that writes.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "http/message.h"

namespace salvor::api {

// Parsed. Fails with 400 when the Content-Type is not application/json (compared as Eve does it:
// case counts, parameters don't) or the text is no JSON.
Result<Json> read_body(const http::Request& request);
// The same for bodies that may be missing: null then, whatever the Content-Type.
Result<Json> read_optional_body(const http::Request& request);

}  // namespace salvor::api
