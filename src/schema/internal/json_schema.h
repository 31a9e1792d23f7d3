// Declared fields as the JSON Schemas of an OpenAPI 3.0 document.
#pragma once

#include <vector>

#include "base/json.h"
#include "schema/resource.h"

namespace salvor::schema {

// Answers leave out what is hidden; requests leave out what clients do not know, and show what is
// ignored as readOnly.
enum class SchemaUse { request, answer };

Json object_schema(const std::vector<Field>& fields, SchemaUse use);
// A whole document as it is answered, meta fields included.
Json document_schema(const Resource& resource);

}  // namespace salvor::schema
