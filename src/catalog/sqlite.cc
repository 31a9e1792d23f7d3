#include "catalog/sqlite.h"

#include <map>
#include <mutex>

#include "catalog/internal/sqlite_migrate.h"
#include "catalog/internal/sqlite_read.h"
#include "catalog/internal/sqlite_readers.h"
#include "catalog/internal/sqlite_table.h"
#include "catalog/internal/sqlite_write.h"
#include "catalog/internal/totals.h"
#include "resources/all.h"

namespace salvor::catalog {
namespace {

using Tables = std::map<std::string, Table, std::less<>>;

class SqliteCatalog final : public Catalog {
 public:
  SqliteCatalog(Tables tables, std::unique_ptr<Connection> writer,
                std::vector<std::unique_ptr<Connection>> readers)
      : tables_(std::move(tables)), writer_(std::move(writer)), readers_(std::move(readers)) {}

  Result<Document> get(Context& context, const std::string& resource,
                       const std::string& id) override;
  Result<Page> find(Context& context, const std::string& resource, const Query& query) override;
  Result<std::vector<Document>> commit(Context& context, const Transaction& transaction) override;

 private:
  const Table& table(const std::string& resource) const;
  void note_writes(const Transaction& transaction);

  const Tables tables_;
  std::mutex writing_;  // guards writer_
  std::unique_ptr<Connection> writer_;
  Readers readers_;
  Totals totals_;
};

const Table& SqliteCatalog::table(const std::string& resource) const {
  const auto found = tables_.find(resource);
  CHECK(found != tables_.end());
  return found->second;
}

Result<Document> SqliteCatalog::get(Context& context, const std::string& resource,
                                    const std::string& id) {
  TRY(const Readers::Lease reader, readers_.take(context));
  TRY(std::optional<Document> found, read_document(*reader, table(resource), id));
  if (!found) return error(ErrorCode::not_found, "no document " + id + " in " + resource);
  return *std::move(found);
}

Result<Page> SqliteCatalog::find(Context& context, const std::string& resource,
                                 const Query& query) {
  TRY(const Readers::Lease reader, readers_.take(context));
  return read_page(*reader, table(resource), query, totals_);
}

Result<std::vector<Document>> SqliteCatalog::commit(Context& context,
                                                    const Transaction& transaction) {
  const std::lock_guard lock(writing_);
  TRY_VOID(context.check());
  writer_->obey(&context);
  Result<std::vector<Document>> written = write(
      *writer_, [this](const std::string& resource) -> const Table& { return table(resource); },
      transaction, context.clock.wall_seconds());
  writer_->obey(nullptr);
  if (written.ok()) note_writes(transaction);
  return written;
}

void SqliteCatalog::note_writes(const Transaction& transaction) {
  for (const Change& change : transaction.changes) {
    std::visit([this](const auto& any) { totals_.written(any.resource); }, change);
  }
}

}  // namespace

Result<std::unique_ptr<Catalog>> open_sqlite(const Context& context, const std::string& path,
                                             const std::vector<const schema::Resource*>& resources,
                                             SqliteOptions options) {
  TRY_VOID(context.check());
  std::vector<Table> tables;
  for (const schema::Resource* resource : resources) tables.push_back(table_of(*resource));
  TRY(auto writer, Connection::open(path, Connection::Role::writer, options.cache_kib_each));
  TRY_VOID(migrate(*writer, tables).within("opening the catalog " + path));

  std::vector<std::unique_ptr<Connection>> readers;
  for (unsigned i = 0; i < options.readers; ++i) {
    TRY(auto reader, Connection::open(path, Connection::Role::reader, options.cache_kib_each));
    readers.push_back(std::move(reader));
  }
  Tables by_name;
  for (Table& table : tables) by_name.emplace(table.resource->path, std::move(table));
  return std::unique_ptr<Catalog>(
      std::make_unique<SqliteCatalog>(std::move(by_name), std::move(writer), std::move(readers)));
}

Result<std::unique_ptr<Catalog>> open_sqlite(const Context& context, const std::string& path,
                                             SqliteOptions options) {
  return open_sqlite(context, path, resources::all(), options);
}

}  // namespace salvor::catalog
