// How long a restore waits for a cluster, and asking again within that time.
#pragma once

#include <algorithm>
#include <chrono>

#include "base/context.h"
#include "base/result.h"

namespace salvor::restore {

struct Patience {
  Duration api{std::chrono::seconds(60)};  // without any answer
  // Of what holds steps back: a webhook that is down, a namespace that is being deleted.
  Duration without_progress{std::chrono::seconds(60)};
  // Of a quota that counts too much: its controller counts anew every five minutes.
  Duration recount{std::chrono::seconds(330)};
  Duration gone{std::chrono::seconds(60)};  // for one object to be gone
  Duration kind_served{std::chrono::seconds(60)};
  Duration snapshot_ready{std::chrono::minutes(2)};  // for a storage to find a snapshot
  Duration claim_bound{std::chrono::minutes(10)};    // for a volume to be made from it
  Duration call{std::chrono::seconds(30)};           // one request
};

inline constexpr std::chrono::milliseconds kFirstPause{200};
inline constexpr std::chrono::milliseconds kLongestPause{5000};

// Repeats a request that does the same each time, while its failure may pass.
template <typename Request>
auto patiently(Context& context, const Patience& patience, const Request& request) {
  const SteadyTime give_up_at = context.clock.steady() + patience.api;
  std::chrono::milliseconds pause = kFirstPause;
  while (true) {
    Context call = context.within(patience.call);
    auto answer = request(call);
    if (answer.ok()) return answer;
    const ErrorCode code = answer.error().code;
    const bool may_pass = code == ErrorCode::unavailable || code == ErrorCode::unknown_outcome;
    if (!may_pass || context.clock.steady() >= give_up_at) return answer;
    const auto waited = context.wait(pause);
    if (!waited.ok()) return decltype(answer)(waited.error());
    pause = std::min(pause * 2, kLongestPause);
  }
}

}  // namespace salvor::restore
