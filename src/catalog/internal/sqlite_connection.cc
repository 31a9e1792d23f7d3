#include "catalog/internal/sqlite_connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "catalog/internal/sqlite_matches.h"

namespace salvor::catalog {
namespace {

constexpr std::size_t kStatementsMax = 128;
constexpr int kBusyTimeoutMs = 5000;
// How many of SQLite's instructions run between two looks at the context: well under a millisecond.
constexpr int kInstructionsPerCheck = 4000;

// Creates the file before SQLite would, which knows no permissions; its -wal and -shm files get the
// permissions of the file itself.
Result<void> create_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    const ErrorCode code = errno == ENOSPC ? ErrorCode::exhausted : ErrorCode::denied;
    return error(code, "cannot open the catalog " + path + ": " + std::strerror(errno))
        .with_hint("check that the folder exists and that the server may write to it");
  }
  ::close(file);
  return {};
}

int is_over(void* context) {
  const auto* const obeyed = static_cast<const Context*>(context);
  return obeyed->stopped() || obeyed->expired() ? 1 : 0;
}

// "UNIQUE constraint failed: kubeclusters.name" to "name".
std::string constrained_field(const std::string& message) {
  const std::size_t colon = message.find(": ");
  if (colon == std::string::npos) return "";
  const std::string column = message.substr(colon + 2);
  const std::size_t dot = column.find('.');
  return dot == std::string::npos ? column : column.substr(dot + 1);
}

}  // namespace

Sql& Sql::operator+=(const Sql& other) {
  text += other.text;
  values.insert(values.end(), other.values.begin(), other.values.end());
  return *this;
}

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_), handle_(std::exchange(other.handle_, nullptr)) {}

Statement::~Statement() {
  if (handle_ != nullptr) connection_->give_back(handle_);
}

void Statement::bind(const std::vector<SqlValue>& values) {
  CHECK(sqlite3_bind_parameter_count(handle_) == static_cast<int>(values.size()));
  int place = 0;
  for (const SqlValue& value : values) {
    ++place;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      sqlite3_bind_int64(handle_, place, *integer);
    } else if (const auto* number = std::get_if<double>(&value)) {
      sqlite3_bind_double(handle_, place, *number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      // Values may go before the statement is run: SQLite keeps a copy.
      sqlite3_bind_text64(handle_, place, text->data(), text->size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
    } else if (const auto* filter = std::get_if<const schema::Filter*>(&value)) {
      bind_filter(handle_, place, **filter);
    }
  }
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return connection_->failure(code);
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string Statement::text(int column) const {
  const auto* const bytes = sqlite3_column_text(handle_, column);
  if (bytes == nullptr) return "";
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  return {reinterpret_cast<const char*>(bytes), size};
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Role role,
                                                     unsigned cache_kib) {
  std::unique_ptr<Connection> connection(new Connection(path));
  TRY_VOID(connection->open_file(role));
  TRY_VOID(connection->configure(role, cache_kib).within("opening the catalog " + path));
  return connection;
}

Result<void> Connection::open_file(Role role) {
  if (role == Role::writer) TRY_VOID(create_private(path_));
  // One thread at a time holds a connection, so SQLite's own locks would guard nothing.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path_.c_str(), &handle_, flags, nullptr);
  if (code != SQLITE_OK) return failure(code);
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
  register_matches(handle_);
  return {};
}

Result<void> Connection::configure(Role role, unsigned cache_kib) {
  std::vector<std::string> settings = {"PRAGMA cache_size = -" + std::to_string(cache_kib),
                                       "PRAGMA temp_store = MEMORY"};
  if (role == Role::writer) {
    settings.insert(settings.begin(), "PRAGMA journal_mode = WAL");
    // A commit is on the disk when it returns, also after a power cut.
    settings.push_back("PRAGMA synchronous = FULL");
    settings.push_back("PRAGMA journal_size_limit = 67108864");
  } else {
    settings.push_back("PRAGMA query_only = ON");
  }
  for (const std::string& setting : settings) {
    const int code = sqlite3_exec(handle_, setting.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return failure(code);
  }
  return {};
}

Connection::~Connection() {
  for (const Cached& cached : cache_) sqlite3_finalize(cached.handle);
  sqlite3_close_v2(handle_);
}

void Connection::obey(const Context* context) {
  context_ = context;
  // Const is cast away for the C interface only; is_over() gives it back.
  sqlite3_progress_handler(handle_, context == nullptr ? 0 : kInstructionsPerCheck, is_over,
                           const_cast<Context*>(context));
}

Result<Statement> Connection::query(const Sql& sql) {
  const auto found = std::find_if(cache_.begin(), cache_.end(), [&](const Cached& cached) {
    return !cached.is_in_use && cached.text == sql.text;
  });
  if (found != cache_.end()) {
    cache_.splice(cache_.begin(), cache_, found);
  } else {
    sqlite3_stmt* handle = nullptr;
    const int code =
        sqlite3_prepare_v3(handle_, sql.text.c_str(), static_cast<int>(sql.text.size() + 1),
                           SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    if (code != SQLITE_OK) return failure(code);
    cache_.push_front({sql.text, handle, false});
    if (cache_.size() > kStatementsMax) drop_oldest();
  }
  Cached& cached = cache_.front();
  cached.is_in_use = true;
  Statement statement(*this, cached.handle);
  statement.bind(sql.values);
  return statement;
}

void Connection::drop_oldest() {
  for (auto it = std::prev(cache_.end()); it != cache_.begin(); --it) {
    if (it->is_in_use) continue;
    sqlite3_finalize(it->handle);
    cache_.erase(it);
    return;
  }
}

void Connection::give_back(sqlite3_stmt* handle) {
  // Bound texts may be large, and a bound filter is about to go.
  sqlite3_reset(handle);
  sqlite3_clear_bindings(handle);
  for (Cached& cached : cache_) {
    if (cached.handle == handle) cached.is_in_use = false;
  }
}

Result<void> Connection::execute(const Sql& sql) {
  TRY(Statement statement, query(sql));
  TRY(const bool has_row, statement.step());
  CHECK(!has_row);
  return {};
}

std::int64_t Connection::changes() const { return sqlite3_changes64(handle_); }

void Connection::roll_back() {
  // After a full disk SQLite may have rolled back by itself. Nothing can be done about a failure
  // here: the transaction is gone with the connection at the latest.
  if (sqlite3_get_autocommit(handle_) == 0) {
    sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

Error Connection::failure(int code) const {
  const std::string said = handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_);
  const std::string message = "the catalog " + path_ + ": " + said;
  switch (code & 0xFF) {
    case SQLITE_INTERRUPT: {
      Result<void> over = context_ == nullptr ? Result<void>() : context_->check();
      if (!over.ok()) return std::move(over).error();
      return error(ErrorCode::cancelled, message);
    }
    case SQLITE_CONSTRAINT:
      return error(ErrorCode::conflict, message).with("field", constrained_field(said));
    case SQLITE_FULL:
      return error(ErrorCode::exhausted, message)
          .with_hint("free some space on the disk that holds it");
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return error(ErrorCode::exhausted, message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return error(ErrorCode::unavailable, message)
          .with_hint("another program holds the file; only one server may use it");
    case SQLITE_IOERR:
      return error(ErrorCode::unavailable, message).with_hint("check the disk that holds it");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return error(ErrorCode::corrupt, message)
          .with_hint("put back a copy of the file, or rebuild it from the stored backups");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return error(ErrorCode::denied, message)
          .with_hint("check that the server may write to the file and its folder");
    default:
      return error(ErrorCode::bug, message);
  }
}

}  // namespace salvor::catalog
