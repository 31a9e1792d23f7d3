#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace salvor {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, condition);
  std::abort();
}

const char* to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::invalid:
      return "invalid";
    case ErrorCode::denied:
      return "denied";
    case ErrorCode::unavailable:
      return "unavailable";
    case ErrorCode::unknown_outcome:
      return "unknown_outcome";
    case ErrorCode::corrupt:
      return "corrupt";
    case ErrorCode::cancelled:
      return "cancelled";
    case ErrorCode::exhausted:
      return "exhausted";
    case ErrorCode::bug:
      return "bug";
  }
  check_failed("a known error code", __FILE__, __LINE__);
}

std::string Error::fact(const std::string& name) const {
  for (const auto& [key, value] : pairs) {
    if (key == name) return value;
  }
  return {};
}

Error Error::with_hint(std::string text) && {
  hint = std::move(text);
  return std::move(*this);
}

Error Error::with(std::string name, std::string value) && {
  pairs.emplace_back(std::move(name), std::move(value));
  return std::move(*this);
}

Error Error::within(const std::string& doing) && {
  message = doing + ": " + message;
  return std::move(*this);
}

std::string Error::describe() const { return hint.empty() ? message : message + " (" + hint + ")"; }

}  // namespace salvor
