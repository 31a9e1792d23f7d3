// What the catalog says of a recovery point besides its own document.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/json.h"
#include "catalog/catalog.h"
#include "proof/archive_contents.h"

namespace salvor::proof {

struct PointLists {
  Listed listed;
  std::vector<Json> claims;  // its rows of kubepvclaims
};

// `point`: the recovery point with its "_id".
Result<PointLists> load_lists(Context& context, catalog::Catalog& catalog, const Json& point);

// A document with its "_id".
Result<Json> load_document(Context& context, catalog::Catalog& catalog, const std::string& resource,
                           const std::string& id);

// `visit` gets each row of a resource whose field has that value, as stored; its error ends it.
using OnRow = std::function<Result<void>(const catalog::Document& row)>;
Result<void> each_row(Context& context, catalog::Catalog& catalog, const std::string& resource,
                      const std::string& field, const std::string& value, const OnRow& visit);

}  // namespace salvor::proof
