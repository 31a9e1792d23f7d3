// GET of a list and of an item.
#pragma once

#include "api/call.h"
#include "base/result.h"

namespace salvor::api {

Result<http::Response> read_list(Call& call);
Result<http::Response> read_item(Call& call);

}  // namespace salvor::api
