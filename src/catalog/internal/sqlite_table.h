// How a resource is kept in SQLite: one table with a row a document.
//
//   _seq     order of insertion, the row's key
//   _id _etag _created _updated
//   "state", "lease.expires", …   a copy of each indexed field, for its indexes
//   _doc     the document's fields in wire form; the truth, of which the columns are copies
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "catalog/internal/sqlite_connection.h"
#include "schema/resource.h"

namespace salvor::catalog {

struct Column {
  std::string path;  // also the column's name
  const schema::Shape* shape = nullptr;
};

struct Index {
  std::string name;
  std::vector<std::string> columns;
  bool is_unique = false;
};

struct Table {
  const schema::Resource* resource = nullptr;
  std::vector<Column> columns = {};
  std::vector<Index> indexes = {};

  bool has_column(std::string_view path) const;
  std::string name() const;  // quoted
};

// Requires: indexed fields are scalars, and composite indexes name indexed or meta fields.
Table table_of(const schema::Resource& resource);

// "a" as an identifier.
std::string identifier(std::string_view name);
// '$.a.b' as a text of SQL. Requires: a declared path, whose parts are plain words.
std::string json_path(std::string_view declared_path);

// What a column holds for a document: null where the field is absent or of another type.
SqlValue column_value(const Column& column, const Json& document);
// The same as SQL over `_doc`, for rows that are there already.
std::string column_expression(const Column& column);
// INTEGER, TEXT or nothing.
std::string column_type(const Column& column);

}  // namespace salvor::catalog
