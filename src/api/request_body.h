// The body of a request that writes.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "http/message.h"

namespace salvor::api {

// Whether the Content-Type is application/json (compared as Eve does it: case counts, parameters
// don't).
bool has_json(const http::Request& request);
// Parsed. Fails with 400 when that is not so or the text is no JSON.
Result<Json> read_body(const http::Request& request);
// The same for bodies that may be missing: null then, whatever the Content-Type.
Result<Json> read_optional_body(const http::Request& request);

}  // namespace salvor::api
