// Brings a catalog file in line with the declared resources.
#pragma once

#include <vector>

#include "base/result.h"
#include "catalog/internal/sqlite_connection.h"
#include "catalog/internal/sqlite_table.h"

namespace salvor::catalog {

// In one transaction: missing tables, columns (filled from the documents) and indexes are made,
// columns and indexes that are declared no longer go, tables stay. Fails with invalid when the file
// is of a newer format, with conflict when a field that became unique has a value twice.
Result<void> migrate(Connection& writer, const std::vector<Table>& tables);

}  // namespace salvor::catalog
