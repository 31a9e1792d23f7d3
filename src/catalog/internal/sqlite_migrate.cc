#include "catalog/internal/sqlite_migrate.h"

#include <algorithm>
#include <set>

namespace salvor::catalog {
namespace {

// Of the form of the tables themselves, not of what is in them: documents have no format of their
// own, and columns follow the declared fields. Raised when an older program could not read the
// file.
constexpr std::int64_t kFormat = 1;

Result<std::set<std::string>> names(Connection& connection, const Sql& sql) {
  TRY(Statement rows, connection.query(sql));
  std::set<std::string> found;
  while (true) {
    TRY(const bool has_row, rows.step());
    if (!has_row) return found;
    found.insert(rows.text(0));
  }
}

Result<void> check_format(Connection& writer) {
  TRY_VOID(writer.execute({"CREATE TABLE IF NOT EXISTS _catalog (format INTEGER NOT NULL)", {}}));
  TRY(Statement rows, writer.query({"SELECT max(format), count(*) FROM _catalog", {}}));
  TRY_VOID(rows.step());
  if (rows.integer(1) == 0) {
    return writer.execute({"INSERT INTO _catalog VALUES (?)", {kFormat}});
  }
  const std::int64_t format = rows.integer(0);
  if (format > kFormat) {
    return error(ErrorCode::invalid, "the catalog has format " + std::to_string(format) +
                                         ", this program reads up to " + std::to_string(kFormat))
        .with_hint("start the newer version of the program again");
  }
  return {};
}

Result<void> create_table(Connection& writer, const Table& table) {
  std::string text = "CREATE TABLE IF NOT EXISTS " + table.name() +
                     " (_seq INTEGER PRIMARY KEY, _id TEXT NOT NULL UNIQUE, _etag TEXT NOT NULL, "
                     "_created INTEGER NOT NULL, _updated INTEGER NOT NULL";
  for (const Column& column : table.columns) {
    text += ", " + identifier(column.path) + " " + column_type(column);
  }
  // Last: a long document would otherwise stand between a row's start and its columns.
  return writer.execute({text + ", _doc TEXT NOT NULL)", {}});
}

Result<void> drop_old_indexes(Connection& writer, const Table& table) {
  TRY(const auto present,
      names(writer, {"SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? "
                     "AND sql IS NOT NULL",
                     {table.resource->path}}));
  for (const std::string& name : present) {
    const bool is_declared = std::any_of(table.indexes.begin(), table.indexes.end(),
                                         [&](const Index& index) { return index.name == name; });
    if (!is_declared) TRY_VOID(writer.execute({"DROP INDEX " + identifier(name), {}}));
  }
  return {};
}

Result<void> align_columns(Connection& writer, const Table& table) {
  TRY(auto present,
      names(writer, {"SELECT name FROM pragma_table_info(?)", {table.resource->path}}));
  for (const Column& column : table.columns) {
    if (present.erase(column.path) > 0) continue;
    const std::string name = identifier(column.path);
    TRY_VOID(writer.execute(
        {"ALTER TABLE " + table.name() + " ADD COLUMN " + name + " " + column_type(column), {}}));
    TRY_VOID(writer.execute(
        {"UPDATE " + table.name() + " SET " + name + " = " + column_expression(column), {}}));
  }
  for (const std::string& name : present) {
    if (name[0] == '_') continue;
    TRY_VOID(
        writer.execute({"ALTER TABLE " + table.name() + " DROP COLUMN " + identifier(name), {}}));
  }
  return {};
}

Result<void> create_indexes(Connection& writer, const Table& table) {
  for (const Index& index : table.indexes) {
    std::string columns;
    for (const std::string& column : index.columns) {
      columns += (columns.empty() ? "" : ", ") + identifier(column);
    }
    TRY_VOID(writer.execute({std::string("CREATE ") + (index.is_unique ? "UNIQUE " : "") +
                                 "INDEX IF NOT EXISTS " + identifier(index.name) + " ON " +
                                 table.name() + " (" + columns + ")",
                             {}}));
  }
  return {};
}

Result<void> align(Connection& writer, const std::vector<Table>& tables) {
  TRY_VOID(check_format(writer));
  for (const Table& table : tables) {
    const std::string doing = "preparing the table " + table.resource->path;
    TRY_VOID(create_table(writer, table).within(doing));
    TRY_VOID(drop_old_indexes(writer, table).within(doing));
    TRY_VOID(align_columns(writer, table).within(doing));
    TRY_VOID(create_indexes(writer, table).within(doing));
  }
  return writer.execute({"COMMIT", {}});
}

}  // namespace

Result<void> migrate(Connection& writer, const std::vector<Table>& tables) {
  TRY_VOID(writer.execute({"BEGIN IMMEDIATE", {}}));
  Result<void> done = align(writer, tables);
  if (!done.ok()) writer.roll_back();
  return done;
}

}  // namespace salvor::catalog
