// What an API server says about a request besides its answer: Warning headers.
// https://kubernetes.io/docs/reference/using-api/api-concepts/ , syntax in RFC 7234, 5.5
#pragma once

#include <string>
#include <vector>

#include "http/message.h"

namespace salvor::kube {

// The texts, such as `unknown field "spec.foo"`, in their order; what cannot be read is left out.
std::vector<std::string> warnings_in(const http::Headers& headers);

}  // namespace salvor::kube
