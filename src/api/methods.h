// Which methods a place takes.
#pragma once

#include <string>
#include <vector>

#include "api/route.h"
#include "schema/resource.h"

namespace salvor::api {

// In the order of the Allow header; empty when there is nothing at the place. `resource` is the
// route's, null when it names none that we have.
std::vector<std::string> allowed_methods(const Route& route, const schema::Resource* resource);

// Whether a place with these methods takes one. An item lists POST for its overrides alone.
bool is_allowed(const Route& route, const std::vector<std::string>& methods,
                const std::string& effective_method);

// "GET, HEAD, POST, OPTIONS"
std::string allow_header(const std::vector<std::string>& methods);

// The method that counts: X-HTTP-Method-Override turns a POST into PATCH, PUT or DELETE.
std::string effective_method(const std::string& method, const std::string& override_header);

}  // namespace salvor::api
