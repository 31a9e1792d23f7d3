// CHECK(condition): our own invariants, kept in release builds too. A broken one ends the program
// with the place and the condition on standard error: state we no longer understand must not be
// written anywhere. Never for bad input.
#pragma once

namespace salvor {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace salvor

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::salvor::check_failed(#condition, __FILE__, __LINE__))
