// One transaction of changes through the writer connection.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/internal/sqlite_connection.h"
#include "catalog/internal/sqlite_table.h"

namespace salvor::catalog {

using TableOf = std::function<const Table&(const std::string& resource)>;

// All or nothing; nothing is left open when it fails.
Result<std::vector<Document>> write(Connection& writer, const TableOf& table_of,
                                    const Transaction& transaction, EpochSeconds now);

}  // namespace salvor::catalog
