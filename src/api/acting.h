// Calls on one item that are no plain reads or writes: POST …/action/<name> and GET …/<name>.
#pragma once

#include "api/call.h"
#include "base/result.h"

namespace salvor::api {

// Requires: the resource declares the action of the route. The body may be missing; that of an
// action without declared fields is not looked at.
Result<http::Response> act(Call& call);

}  // namespace salvor::api
