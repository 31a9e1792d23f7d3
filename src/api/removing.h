// DELETE of an item.
#pragma once

#include "api/call.h"
#include "base/result.h"

namespace salvor::api {

// 204, also when there is no such document. If-Match may be missing; a stale one is 412.
Result<http::Response> remove(Call& call);

}  // namespace salvor::api
