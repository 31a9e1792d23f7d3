// The embedded catalog: one SQLite file in write-ahead mode, one writer and a few readers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "schema/resource.h"

namespace salvor::catalog {

struct SqliteOptions {
  unsigned readers = 4;            // connections, so finds that run at once
  unsigned cache_kib_each = 2048;  // page cache of a connection
};

// Opens or creates the file and brings its tables in line with the resources, in one transaction:
// columns and indexes come and go with the fields that are declared indexed. The resources must
// outlive the catalog. Fails with exhausted, denied, corrupt, or invalid when a newer version of
// the program made the file. The second form takes all of resources/all.h.
Result<std::unique_ptr<Catalog>> open_sqlite(const Context& context, const std::string& path,
                                             const std::vector<const schema::Resource*>& resources,
                                             SqliteOptions options = {});
Result<std::unique_ptr<Catalog>> open_sqlite(const Context& context, const std::string& path,
                                             SqliteOptions options = {});

}  // namespace salvor::catalog
