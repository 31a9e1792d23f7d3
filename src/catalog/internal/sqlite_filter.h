// A Filter as the WHERE clause, and a sort as the ORDER BY clause, of a statement over one table.
#pragma once

#include <vector>

#include "catalog/catalog.h"
#include "catalog/internal/sqlite_connection.h"
#include "catalog/internal/sqlite_table.h"

namespace salvor::catalog {

// An expression that is 1 where the filter matches and 0 or NULL elsewhere. Borrows the filter.
// Only declared fields are seen: of others every document counts as having none.
Sql where_clause(const Table& table, const schema::Filter& filter);

// "a DESC, _seq" and the like. MongoDB's order: missing and null, numbers, strings, objects,
// arrays, booleans; a list of scalars stands where its least element does, descending its greatest.
Sql order_clause(const Table& table, const std::vector<SortKey>& sort);

}  // namespace salvor::catalog
