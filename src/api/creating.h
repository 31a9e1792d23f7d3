// POST on a collection: one document, or several in an array, all or none of them.
#pragma once

#include "api/call.h"
#include "base/result.h"

namespace salvor::api {

Result<http::Response> create(Call& call);

}  // namespace salvor::api
