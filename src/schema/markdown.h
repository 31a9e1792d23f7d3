// The reference page of the resources, made from their tables.
#pragma once

#include <string>
#include <vector>

#include "schema/resource.h"

namespace salvor::schema {

// One section a resource: its fields as a table, its actions, its indexes left out.
std::string markdown(const std::vector<const Resource*>& resources);

}  // namespace salvor::schema
