#include "catalog/internal/sqlite_matches.h"

#include <sqlite3.h>

#include "base/check.h"

namespace salvor::catalog {
namespace {

// SQLite hands a pointer on only to who knows its type's name, so SQL text cannot forge one.
constexpr const char* kPointerType = "salvor.filter";

void evaluate(sqlite3_context* call, int, sqlite3_value** arguments) {
  const auto* const text = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]));
  const auto* const filter =
      static_cast<const schema::Filter*>(sqlite3_value_pointer(arguments[1], kPointerType));
  CHECK(filter != nullptr);
  const Result<Json> document = parse_json({text == nullptr ? "" : text, size});
  if (!document.ok()) {
    sqlite3_result_error_code(call, SQLITE_CORRUPT);
    return;
  }
  sqlite3_result_int(call, schema::matches(*filter, *document) ? 1 : 0);
}

}  // namespace

void register_matches(sqlite3* database) {
  const int code =
      sqlite3_create_function_v2(database, "salvor_matches", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                 nullptr, evaluate, nullptr, nullptr, nullptr);
  CHECK(code == SQLITE_OK);
}

void bind_filter(sqlite3_stmt* statement, int place, const schema::Filter& filter) {
  // The C interface takes no const; evaluate() only reads.
  sqlite3_bind_pointer(statement, place, const_cast<schema::Filter*>(&filter), kPointerType,
                       nullptr);
}

}  // namespace salvor::catalog
