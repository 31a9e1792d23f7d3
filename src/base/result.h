// Results and errors: everything that the world can do to us comes back as a Result, never as an
// exception. What only our own mistake can break is a CHECK (see check.h).
//
//   Result<Config> load(const std::string& path) {
//     TRY(std::string text, read_file(path));          // returns the error to our caller
//     return parse(text).within("reading " + path);    // says what was being done
//   }
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.h"

namespace salvor {

// What kind of failure it is: what a caller may decide on. Retrying depends on the code alone.
enum class ErrorCode {
  not_found,        // the thing asked for is not there
  conflict,         // it is there already, or somebody changed it meanwhile
  invalid,          // the input can never work as it is
  denied,           // we are not who may do this
  unavailable,      // the other side cannot answer now; may be tried again
  unknown_outcome,  // a write was sent and no answer came: it may or may not have happened
  corrupt,          // stored bytes are not what was written
  cancelled,        // somebody asked us to stop
  exhausted,        // a limit was reached: disk, memory, time
  bug,              // our own mistake
};

// The code's name as it stands in logs and documents, such as "not_found".
const char* to_string(ErrorCode code);

// One failure, for the program (code, pairs) and for a person (message, hint).
// Messages are lower case, without a full stop, and name the object; never a secret's value.
struct Error {
  ErrorCode code = ErrorCode::bug;
  std::string message;
  std::string hint;                                        // what the user can do; may be empty
  std::vector<std::pair<std::string, std::string>> pairs;  // facts, such as {"http_status", "409"}

  bool retryable() const { return code == ErrorCode::unavailable; }
  // The value of a fact, or "" when there is none of that name.
  std::string fact(const std::string& name) const;
  Error with_hint(std::string text) &&;
  Error with(std::string name, std::string value) &&;
  // Puts what was being done before the message: "reading index: no such file".
  Error within(const std::string& doing) &&;
  // Message and hint in one line, for logs and terminals.
  std::string describe() const;
};

inline Error error(ErrorCode code, std::string message) {
  return {code, std::move(message), {}, {}};
}

// A value or an Error. An ignored one does not compile.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error failure) : state_(std::in_place_index<1>, std::move(failure)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Requires: ok().
  T& value() & {
    CHECK(ok());
    return std::get<0>(state_);
  }
  const T& value() const& {
    CHECK(ok());
    return std::get<0>(state_);
  }
  T&& value() && {
    CHECK(ok());
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Requires: !ok().
  const Error& error() const& {
    CHECK(!ok());
    return std::get<1>(state_);
  }
  Error&& error() && {
    CHECK(!ok());
    return std::get<1>(std::move(state_));
  }

  Result within(const std::string& doing) && {
    if (ok()) return std::move(*this);
    return std::get<1>(std::move(state_)).within(doing);
  }

 private:
  std::variant<T, Error> state_;
};

// Success without a value.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error failure) : error_(std::move(failure)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& {
    CHECK(!ok());
    return *error_;
  }
  Error&& error() && {
    CHECK(!ok());
    return *std::move(error_);
  }

  Result within(const std::string& doing) && {
    if (ok()) return {};
    return (*std::move(error_)).within(doing);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace salvor

#define SALVOR_CONCAT_INNER(a, b) a##b
#define SALVOR_CONCAT(a, b) SALVOR_CONCAT_INNER(a, b)
#define SALVOR_TRY(result, declaration, expression)   \
  auto result = (expression);                         \
  if (!result.ok()) return std::move(result).error(); \
  declaration = std::move(result).value()

// TRY(declaration, expression): unwraps a Result into the declaration, or returns its error.
#define TRY(declaration, ...) \
  SALVOR_TRY(SALVOR_CONCAT(try_result_, __LINE__), declaration, (__VA_ARGS__))
// TRY_VOID(expression): the same for a Result whose value nobody needs.
#define TRY_VOID(...)                                           \
  do {                                                          \
    auto try_result = (__VA_ARGS__);                            \
    if (!try_result.ok()) return std::move(try_result).error(); \
  } while (false)
