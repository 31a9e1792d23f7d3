// The rules of a document that only the catalog can judge: what it refers to must exist, and a
// unique field's value must not be taken.
#pragma once

#include <string>
#include <vector>

#include "base/context.h"
#include "base/json.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "schema/resource.h"
#include "schema/validate.h"

namespace salvor::api {

// Adds to `validated.issues` what is wrong. `own_id` is the document's id, "" for a new one. One
// query for each resource referred to and for each unique field.
Result<void> check_stored_rules(Context& context, catalog::Catalog& catalog,
                                const schema::Resource& resource, schema::Validated& validated,
                                const std::string& own_id);

// Changes that abort a transaction with the same issue when a document referred to has gone since
// the check.
std::vector<catalog::Change> reference_guards(const std::vector<schema::Reference>& references);

// A commit's conflict, as it is answered: a taken unique value is 422, a stale etag 412, a running
// job, a document that refers to this one or a taken id 409. Other errors stay as they are.
Error commit_refused(Error failure, const Json& document);

}  // namespace salvor::api
