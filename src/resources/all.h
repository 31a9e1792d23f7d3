// All REST resources. Each is declared in the file of its path; all.cc lists them.
#pragma once

#include <string_view>
#include <vector>

#include "schema/resource.h"

namespace salvor::resources {

// In the order of the API's home page. The tables live as long as the process and never change.
const std::vector<const schema::Resource*>& all();

// The resource at a path such as "kuberestores", or null. References may point at resources that
// this server does not have; no document of these exists.
const schema::Resource* find(std::string_view path);

}  // namespace salvor::resources
