#include "restore/kind_waiter.h"

#include <algorithm>

namespace salvor::restore {
namespace {

constexpr std::chrono::milliseconds kPause{100};

}  // namespace

Result<void> KindWaiter::wait_until_served(Context& context, const DefinedKind& kind,
                                           Duration patience) {
  const SteadyTime end = context.clock.steady() + patience;
  while (true) {
    const auto served = is_served(context, kind, context.clock.steady());
    if (served.ok() && *served) return {};
    if (!served.ok() && !served.error().retryable()) return served.error();
    if (context.clock.steady() >= end) {
      return error(ErrorCode::unavailable,
                   "the API server does not serve " + kind.resource + "." + kind.group + " yet");
    }
    TRY_VOID(context.wait(kPause));
  }
}

// A look that began after the question is as good as a new one.
Result<bool> KindWaiter::is_served(Context& context, const DefinedKind& kind, SteadyTime asked) {
  const std::lock_guard lock(mutex_);
  if (seen_ < asked) {
    const SteadyTime began = context.clock.steady();
    TRY(discovery_, api_.discover(context));
    seen_ = began;
  }
  return std::all_of(kind.served_versions.begin(), kind.served_versions.end(),
                     [&](const std::string& version) {
                       return discovery_.find(kind.group, version, kind.resource) != nullptr;
                     });
}

}  // namespace salvor::restore
