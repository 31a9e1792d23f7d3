// Asking a cluster again after a passing failure. The API client itself waits out 429 and 503 with
// Retry-After; this is for broken connections and 5xx, where the next try is ours to choose.
#pragma once

#include <array>
#include <chrono>

#include "base/context.h"
#include "base/result.h"

namespace salvor::kube {

inline constexpr std::array kRetryAfter = {std::chrono::milliseconds(250),
                                           std::chrono::milliseconds(1000),
                                           std::chrono::milliseconds(4000)};

// The outcome of `ask`, tried up to four times while its error is one that `may_pass`.
template <typename Ask, typename MayPass>
auto retried_while(const Context& context, const Ask& ask, const MayPass& may_pass)
    -> decltype(ask()) {
  for (const std::chrono::milliseconds pause : kRetryAfter) {
    auto answer = ask();
    if (answer.ok() || !may_pass(answer.error())) return answer;
    TRY_VOID(context.wait(pause));
  }
  return ask();
}

// For reads: tried while the error is retryable.
template <typename Ask>
auto retried(const Context& context, const Ask& ask) -> decltype(ask()) {
  return retried_while(context, ask, [](const Error& failure) { return failure.retryable(); });
}

// For writes that come to the same however often they are done: also after one without an answer.
template <typename Write>
auto insisted(const Context& context, const Write& write) -> decltype(write()) {
  return retried_while(context, write, [](const Error& failure) {
    return failure.retryable() || failure.code == ErrorCode::unknown_outcome;
  });
}

}  // namespace salvor::kube
