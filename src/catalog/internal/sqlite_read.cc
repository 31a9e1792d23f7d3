#include "catalog/internal/sqlite_read.h"

#include "catalog/internal/sqlite_filter.h"

namespace salvor::catalog {
namespace {

constexpr const char* kDocumentColumns = "_id, _etag, _created, _updated, _doc";

Document document_of(const Statement& row) {
  return {row.text(0), row.text(1), row.integer(2), row.integer(3), row.text(4)};
}

// The page's statement. Rows that are skipped are passed over by their keys alone, without reading
// their documents: sorting would carry those along.
Sql page_sql(const Table& table, const Query& query, const Sql& where) {
  const std::string from = " FROM " + table.name() + " WHERE ";
  const Sql order = order_clause(table, query.sort);
  const auto limit = static_cast<std::int64_t>(query.limit);
  Sql keys = where;
  keys.text += " ORDER BY ";
  keys += order;
  keys.text += " LIMIT ?";
  keys.values.emplace_back(limit);

  Sql sql{"SELECT " + std::string(kDocumentColumns) + from, {}};
  if (query.skip == 0) {
    sql += keys;
    return sql;
  }
  sql.text += "_seq IN (SELECT _seq" + from;
  sql += keys;
  sql += {" OFFSET ?) ORDER BY ", {static_cast<std::int64_t>(query.skip)}};
  sql += order;
  return sql;
}

Result<std::vector<Document>> read_documents(Connection& connection, const Sql& sql) {
  TRY(Statement rows, connection.query(sql));
  std::vector<Document> documents;
  while (true) {
    TRY(const bool has_row, rows.step());
    if (!has_row) return documents;
    documents.push_back(document_of(rows));
  }
}

Result<std::uint64_t> count(Connection& connection, const Table& table, const Sql& where) {
  Sql sql{"SELECT count(*) FROM " + table.name() + " WHERE ", {}};
  sql += where;
  TRY(Statement rows, connection.query(sql));
  TRY_VOID(rows.step());
  return static_cast<std::uint64_t>(rows.integer(0));
}

// A page that is neither full nor beyond the end shows what the total is.
bool tells_total(const Query& query, std::size_t found) {
  return found < query.limit && (found > 0 || query.skip == 0);
}

Result<Page> read_in_transaction(Connection& connection, const Table& table, const Query& query,
                                 Totals& totals, std::uint64_t version) {
  const Sql where = where_clause(table, query.filter);
  Page page;
  if (query.limit > 0) {
    TRY(page.documents, read_documents(connection, page_sql(table, query, where)));
  }
  if (!query.count_total) return page;
  if (tells_total(query, page.documents.size())) {
    page.total = query.skip + page.documents.size();
    return page;
  }
  if (const auto known = totals.find(table.resource->path, where, version)) {
    page.total = *known;
    return page;
  }
  TRY(page.total, count(connection, table, where));
  totals.keep(table.resource->path, where, version, page.total);
  return page;
}

}  // namespace

Result<std::optional<Document>> read_document(Connection& connection, const Table& table,
                                              const std::string& id) {
  TRY(Statement rows, connection.query({"SELECT " + std::string(kDocumentColumns) + " FROM " +
                                            table.name() + " WHERE _id = ?",
                                        {id}}));
  TRY(const bool has_row, rows.step());
  if (!has_row) return std::optional<Document>();
  return std::optional<Document>(document_of(rows));
}

Result<Page> read_page(Connection& connection, const Table& table, const Query& query,
                       Totals& totals) {
  const std::uint64_t version = totals.version(table.resource->path);
  TRY_VOID(connection.execute({"BEGIN", {}}));
  Result<Page> page = read_in_transaction(connection, table, query, totals, version);
  connection.roll_back();
  return page;
}

Result<std::string> first_match(Connection& connection, const Table& table,
                                const schema::Filter& filter) {
  Sql sql{"SELECT _id FROM " + table.name() + " WHERE ", {}};
  sql += where_clause(table, filter);
  sql.text += " LIMIT 1";
  TRY(Statement rows, connection.query(sql));
  TRY(const bool has_row, rows.step());
  return has_row ? rows.text(0) : std::string();
}

}  // namespace salvor::catalog
