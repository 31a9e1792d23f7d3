// Asking a cluster again after a passing failure. The API client itself waits out 429 and 503 with
// Retry-After; this is for broken connections and 5xx, where the next try is ours to choose.
#pragma once

#include <array>
#include <chrono>

#include "base/context.h"
#include "base/result.h"

namespace salvor::backup {

inline constexpr std::array kRetryAfter = {std::chrono::milliseconds(250),
                                           std::chrono::milliseconds(1000),
                                           std::chrono::milliseconds(4000)};

// The outcome of `ask`, tried up to four times while it is retryable. For reads only.
template <typename Ask>
auto retried(const Context& context, const Ask& ask) -> decltype(ask()) {
  for (const std::chrono::milliseconds pause : kRetryAfter) {
    auto answer = ask();
    if (answer.ok() || !answer.error().retryable()) return answer;
    TRY_VOID(context.wait(pause));
  }
  return ask();
}

}  // namespace salvor::backup
