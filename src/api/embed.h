// `embedded`: references replaced by the documents that they name.
#pragma once

#include <string>
#include <vector>

#include "base/context.h"
#include "base/json.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "schema/resource.h"

namespace salvor::api {

// Replaces, in all documents of one resource, the ids at each path ("cluster", or
// "backup_inst.cluster" inside what replaced "backup_inst") by their documents, meta fields
// included, `_links` and hidden fields not. What is no reference, is not there or names no document
// is left as it is. One query for each path, however many documents there are.
Result<void> embed(Context& context, catalog::Catalog& catalog, const schema::Resource& resource,
                   const std::vector<Json*>& documents, std::vector<std::string> paths);

// A stored document as a value with its meta fields, without what clients may not see.
Json visible_document(const schema::Resource& resource, const catalog::Document& document);

}  // namespace salvor::api
