// Cross-origin requests of web pages (CORS), answered as Eve does it.
#pragma once

#include <string>
#include <vector>

#include "http/message.h"

namespace salvor::api {

// Adds the headers to any answer, refusals included, when the request has an Origin and origins are
// allowed at all. An origin that is not allowed gets the header empty. `allow` lists the place's
// methods.
void add_cors_headers(const std::vector<std::string>& origins, const http::Request& request,
                      const std::string& allow, http::Response& response);

}  // namespace salvor::api
