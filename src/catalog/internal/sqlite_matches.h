// The SQL function salvor_matches(document, filter): what has no form of its own in SQL is decided
// by schema::matches inside the scan.
#pragma once

#include "schema/filter.h"

struct sqlite3;
struct sqlite3_stmt;

namespace salvor::catalog {

void register_matches(sqlite3* database);
// Binds a filter as the function's second argument. It must outlive the statement's use.
void bind_filter(sqlite3_stmt* statement, int place, const schema::Filter& filter);

}  // namespace salvor::catalog
