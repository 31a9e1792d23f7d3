#include "kube/retries.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace salvor::kube {
namespace {

using std::chrono::milliseconds;

constexpr unsigned kAskedMax = 9;  // ten tries in all
constexpr milliseconds kFirstPause{200};
constexpr milliseconds kPauseMax{10'000};
constexpr milliseconds kAskedPauseMax{60'000};

std::optional<milliseconds> asked_pause(const Error& failure) {
  const std::string text = failure.fact(kFactRetryAfter);
  int seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || problem != std::errc() || seconds < 0) return std::nullopt;
  return std::min(milliseconds(std::int64_t{seconds} * 1000), kAskedPauseMax);
}

}  // namespace

std::optional<Duration> Retries::next(const Error& failure) {
  if (failure.code != ErrorCode::unavailable) return std::nullopt;
  const double spread = *jitter_ ? (*jitter_)() : 0;
  if (const std::optional<milliseconds> pause = asked_pause(failure)) {
    if (asked_++ >= kAskedMax) return std::nullopt;
    const auto extra = static_cast<std::int64_t>(spread * 500);
    return *pause + milliseconds(extra);
  }
  if (access_ == Access::write || failed_ >= failures_max_) return std::nullopt;
  const milliseconds pause = std::min(kFirstPause * (1 << failed_++), kPauseMax);
  return pause +
         milliseconds(static_cast<std::int64_t>(spread * static_cast<double>(pause.count())));
}

}  // namespace salvor::kube
