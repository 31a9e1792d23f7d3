// One connection to an SQLite file: statements prepared once and kept, errors in our own words.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/context.h"
#include "base/result.h"
#include "schema/filter.h"

struct sqlite3;
struct sqlite3_stmt;

namespace salvor::catalog {

// What is bound to a statement's "?". A filter is for the function salvor_matches and must outlive
// the statement's use.
using SqlValue =
    std::variant<std::monostate, std::int64_t, double, std::string, const schema::Filter*>;

// A piece of SQL and the values of its "?", in order. Text of users is only ever a value.
struct Sql {
  std::string text;
  std::vector<SqlValue> values;

  Sql& operator+=(const Sql& other);
};

class Connection;

// A prepared statement in use; given back to its connection's cache when destroyed.
class Statement {
 public:
  Statement(Connection& connection, sqlite3_stmt* handle)
      : connection_(&connection), handle_(handle) {}
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;

  void bind(const std::vector<SqlValue>& values);
  // Whether there is a row to read.
  Result<bool> step();
  std::int64_t integer(int column) const;
  std::string text(int column) const;

 private:
  Connection* connection_;
  sqlite3_stmt* handle_;
};

// Used by one thread at a time.
class Connection {
 public:
  enum class Role { writer, reader };

  // Opens the file; a writer creates it, readable by its owner alone.
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Role role,
                                                  unsigned cache_kib);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Statements stop with the context's error once it is stopped or expired; until the next call.
  void obey(const Context* context);

  // Prepares, or takes from the cache, and binds.
  Result<Statement> query(const Sql& sql);
  // Runs a statement that gives no rows.
  Result<void> execute(const Sql& sql);
  // The rows that the last execute() changed.
  std::int64_t changes() const;
  // Ends a transaction that is still open, without its changes.
  void roll_back();

  // The last failure of this connection as an Error.
  Error failure(int code) const;

 private:
  friend class Statement;
  struct Cached {
    std::string text;
    sqlite3_stmt* handle;
    bool is_in_use;
  };

  explicit Connection(std::string path) : path_(std::move(path)) {}
  Result<void> open_file(Role role);
  Result<void> configure(Role role, unsigned cache_kib);
  void give_back(sqlite3_stmt* handle);
  void drop_oldest();

  std::string path_;
  sqlite3* handle_ = nullptr;
  const Context* context_ = nullptr;
  std::list<Cached> cache_;  // most recently used first
};

}  // namespace salvor::catalog
