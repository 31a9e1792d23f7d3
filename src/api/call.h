// One request on its way through the handlers.
#pragma once

#include <string>

#include "api/auth.h"
#include "api/parts.h"
#include "api/route.h"
#include "api/view.h"
#include "base/context.h"
#include "http/message.h"

namespace salvor::api {

struct Behaviour;

// Borrows all but the context; lives on the stack of the thread that handles the request.
struct Call {
  const Parts& parts;
  const http::Request& request;
  const http::Target& target;
  const Route& route;
  const View& view;            // of the route's resource
  const Behaviour& behaviour;  // of the same
  const Caller& caller;
  Context context;

  const schema::Resource& resource() const { return view.resource(); }
};

}  // namespace salvor::api
