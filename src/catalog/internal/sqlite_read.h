// Reading documents through one connection.
#pragma once

#include <optional>
#include <string>

#include "catalog/catalog.h"
#include "catalog/internal/sqlite_connection.h"
#include "catalog/internal/sqlite_table.h"
#include "catalog/internal/totals.h"

namespace salvor::catalog {

// Nothing when there is none of that id.
Result<std::optional<Document>> read_document(Connection& connection, const Table& table,
                                              const std::string& id);

// The page and its total as of one moment.
Result<Page> read_page(Connection& connection, const Table& table, const Query& query,
                       Totals& totals);

// The id of one match, or "" when there is none.
Result<std::string> first_match(Connection& connection, const Table& table,
                                const schema::Filter& filter);

}  // namespace salvor::catalog
