// A resource with a field of every kind, for tests of whatever reads the tables.
#pragma once

#include "schema/resource.h"

namespace salvor::schema {

// "widgets": see sample.cc for its fields.
const Resource& sample_resource();

}  // namespace salvor::schema
