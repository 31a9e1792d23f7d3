// Documents by their ids.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "catalog/catalog.h"

namespace salvor::api {

// Those of the ids that there are, in any order; few queries however many ids.
Result<std::vector<catalog::Document>> documents_by_id(Context& context, catalog::Catalog& catalog,
                                                       const std::string& resource,
                                                       const std::set<std::string>& ids);

// One document that a client named in the path: a 404 refusal when there is none.
Result<catalog::Document> document_of_path(Context& context, catalog::Catalog& catalog,
                                           const std::string& resource, const std::string& id);

}  // namespace salvor::api
