// The OpenAPI 3.0 document of the API, made from the resources' tables.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "schema/resource.h"

namespace salvor::schema {

struct ApiDescription {
  std::string title = {};
  std::string version = {};
  std::string base_path = {};  // "/api/v1"
};

// Every collection, item and action with its parameters, bodies, answers and errors, in a form that
// API test generators take.
Json openapi(const ApiDescription& description, const std::vector<const Resource*>& resources);

}  // namespace salvor::schema
