// Write-only fields on their way into the catalog.
#pragma once

#include "base/json.h"
#include "base/seal.h"
#include "schema/resource.h"

namespace salvor::api {

// Seals every write_only string of a document that is not already what is stored (a PUT without it
// keeps it). `stored` is null for a new document.
void seal_secrets(const schema::Resource& resource, const Sealer& sealer, Json& document,
                  const Json* stored);

}  // namespace salvor::api
