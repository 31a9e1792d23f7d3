#include "catalog/internal/sqlite_write.h"

#include "base/random.h"
#include "catalog/internal/sqlite_filter.h"
#include "catalog/internal/sqlite_read.h"

namespace salvor::catalog {
namespace {

constexpr std::size_t kEtagBytes = 20;

std::string new_etag() { return hex(random_bytes(kEtagBytes)); }

Error missing(const std::string& resource, const std::string& id) {
  return error(ErrorCode::not_found, "no document " + id + " in " + resource);
}

Error exists_already(const std::string& resource, const std::string& id) {
  return error(ErrorCode::conflict, "document " + id + " exists already in " + resource)
      .with("field", "_id");
}

// Applies the changes of one transaction in turn.
class Writer {
 public:
  Writer(Connection& connection, const TableOf& table_of, EpochSeconds now)
      : connection_(connection), table_of_(table_of), now_(now) {}

  Result<void> operator()(const Insert& change);
  Result<void> operator()(const Edit& change);
  Result<void> operator()(const Replace& change);
  Result<void> operator()(const Remove& change);
  Result<void> operator()(const RemoveAll& change);
  Result<void> operator()(const Put& change);
  Result<void> operator()(const Require& change);
  Result<void> operator()(const RequireNone& change);

  std::vector<Document> take_written() { return std::move(written_); }

 private:
  // The document, if it is there and has the wanted etag.
  Result<Document> current(const Table& table, const std::string& id,
                           const std::optional<std::string>& if_etag);
  Result<void> insert_row(const Table& table, const Document& document, const Json& body);
  Result<void> update_row(const Table& table, const Document& document, const Json& old_body,
                          const Json& body);

  Connection& connection_;
  const TableOf& table_of_;
  EpochSeconds now_;
  std::vector<Document> written_;
};

Result<Document> Writer::current(const Table& table, const std::string& id,
                                 const std::optional<std::string>& if_etag) {
  TRY(std::optional<Document> found, read_document(connection_, table, id));
  if (!found) return missing(table.resource->path, id);
  if (if_etag && *if_etag != found->etag) {
    return error(ErrorCode::conflict,
                 "document " + id + " of " + table.resource->path + " was changed by somebody else")
        .with("field", "_etag");
  }
  return *std::move(found);
}

Result<void> Writer::insert_row(const Table& table, const Document& document, const Json& body) {
  Sql sql{"INSERT INTO " + table.name() + " (_id, _etag, _created, _updated, _doc",
          {document.id, document.etag, document.created, document.updated, document.text}};
  std::string places = "?, ?, ?, ?, ?";
  for (const Column& column : table.columns) {
    sql.text += ", " + identifier(column.path);
    places += ", ?";
    sql.values.push_back(column_value(column, body));
  }
  sql.text += ") VALUES (" + places + ")";
  Result<void> done = connection_.execute(sql);
  if (!done.ok() && done.error().fact("field") == "_id") {
    return exists_already(table.resource->path, document.id);
  }
  return done;
}

// Names only the columns that change: SQLite rewrites the index entries of every column it is
// given.
Result<void> Writer::update_row(const Table& table, const Document& document, const Json& old_body,
                                const Json& body) {
  Sql sql{"UPDATE " + table.name() + " SET _etag = ?, _created = ?, _updated = ?, _doc = ?",
          {document.etag, document.created, document.updated, document.text}};
  for (const Column& column : table.columns) {
    SqlValue value = column_value(column, body);
    if (value == column_value(column, old_body)) continue;
    sql += {", " + identifier(column.path) + " = ?", {std::move(value)}};
  }
  sql += {" WHERE _id = ?", {document.id}};
  return connection_.execute(sql);
}

Result<void> Writer::operator()(const Insert& change) {
  const Table& table = table_of_(change.resource);
  CHECK(change.body.is_object());
  Document document{.id = change.id.empty() ? new_object_id(now_) : change.id,
                    .etag = new_etag(),
                    .created = now_,
                    .updated = now_,
                    .text = wire_json(change.body)};
  TRY_VOID(insert_row(table, document, change.body));
  written_.push_back(std::move(document));
  return {};
}

Result<void> Writer::operator()(const Edit& change) {
  const Table& table = table_of_(change.resource);
  TRY(Document document, current(table, change.id, change.if_etag));
  const Json old_body = document.body();
  TRY(const Json body, change.edit(old_body));
  CHECK(body.is_object());
  if (change.touch == Touch::client) {
    document.etag = new_etag();
    document.updated = now_;
  }
  document.text = wire_json(body);
  TRY_VOID(update_row(table, document, old_body, body));
  written_.push_back(std::move(document));
  return {};
}

Result<void> Writer::operator()(const Replace& change) {
  const Table& table = table_of_(change.resource);
  Sql sql{"UPDATE " + table.name() + " SET _doc = ?", {wire_json(change.body)}};
  for (const Column& column : table.columns) {
    sql += {", " + identifier(column.path) + " = ?", {column_value(column, change.body)}};
  }
  sql += {" WHERE _id = ?", {change.id}};
  TRY_VOID(connection_.execute(sql));
  return connection_.changes() == 1 ? Result<void>() : missing(change.resource, change.id);
}

Result<void> Writer::operator()(const Remove& change) {
  const Table& table = table_of_(change.resource);
  TRY(const Document document, current(table, change.id, change.if_etag));
  return connection_.execute({"DELETE FROM " + table.name() + " WHERE _id = ?", {document.id}});
}

Result<void> Writer::operator()(const RemoveAll& change) {
  const Table& table = table_of_(change.resource);
  Sql sql{"DELETE FROM " + table.name() + " WHERE ", {}};
  sql += where_clause(table, change.filter);
  return connection_.execute(sql);
}

Result<void> Writer::operator()(const Put& change) {
  const Table& table = table_of_(change.resource);
  const Document& document = change.document;
  TRY(const Json body, parse_json(document.text));
  TRY(const std::optional<Document> old, read_document(connection_, table, document.id));
  TRY_VOID(old ? update_row(table, document, old->body(), body)
               : insert_row(table, document, body));
  written_.push_back(document);
  return {};
}

Result<void> Writer::operator()(const Require& change) {
  TRY(const std::optional<Document> found,
      read_document(connection_, table_of_(change.resource), change.id));
  if (!found) return change.check(nullptr);
  const Json body = found->body();
  return change.check(&body);
}

Result<void> Writer::operator()(const RequireNone& change) {
  TRY(const std::string id, first_match(connection_, table_of_(change.resource), change.filter));
  if (id.empty()) return {};
  return error(ErrorCode::conflict,
               "document " + id + " of " + change.resource + " stands against it")
      .with("document", id)
      .with("resource", change.resource);
}

Result<void> apply(Connection& connection, Writer& writer, const Transaction& transaction) {
  for (const Change& change : transaction.changes) TRY_VOID(std::visit(writer, change));
  return connection.execute({"COMMIT", {}});
}

}  // namespace

Result<std::vector<Document>> write(Connection& connection, const TableOf& table_of,
                                    const Transaction& transaction, EpochSeconds now) {
  TRY_VOID(connection.execute({"BEGIN IMMEDIATE", {}}));
  Writer writer(connection, table_of, now);
  Result<void> done = apply(connection, writer, transaction);
  if (!done.ok()) {
    connection.roll_back();
    return std::move(done).error();
  }
  return writer.take_written();
}

}  // namespace salvor::catalog
