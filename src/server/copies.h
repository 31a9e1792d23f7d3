// Opens the copies of clusters in object stores: the archives, and one repository for each cluster,
// in the folder restic/CLUSTER of the store.
#pragma once

#include <functional>
#include <string>

#include "base/context.h"
#include "base/seal.h"
#include "catalog/catalog.h"
#include "volume/copy_access.h"

namespace salvor::server {

using OpenCopies = std::function<Result<volume::CopyAccess>(
    Context&, const std::string& object_store, const std::string& cluster)>;

// The catalog must outlive it. `password` opens each repository.
OpenCopies copies_opener(catalog::Catalog& catalog, Sealer sealer, std::string password);

}  // namespace salvor::server
