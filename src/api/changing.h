// PUT and PATCH of an item.
#pragma once

#include "api/call.h"
#include "base/result.h"
#include "schema/validate.h"

namespace salvor::api {

// Requires: mode is replace or patch. Of several clients that send the same etag exactly one wins;
// what the server itself writes meanwhile is never lost.
Result<http::Response> change(Call& call, schema::Mode mode);

}  // namespace salvor::api
