#include "kube/retries.h"

#include <gtest/gtest.h>

#include "kube/testing/instant_clock.h"

namespace salvor::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Error too_many(int retry_after_seconds) {
  return to_error({.code = 429, .retry_after_seconds = retry_after_seconds}, Access::write);
}

// Runs an attempt that always fails so, and counts how often it is made.
struct Outcome {
  int attempts = 0;
  Duration waited{};
  Error failure;
};

Outcome run_failing(Access access, const Error& failure, std::optional<Duration> deadline = {}) {
  InstantClock clock;
  const Context endless{clock, null_log(), {}, {}};
  const Context context = deadline ? endless.within(*deadline) : endless;
  Outcome result;
  const Jitter no_jitter;
  const auto outcome = with_retries<int>(context, Retries(access, no_jitter), [&]() -> Result<int> {
    ++result.attempts;
    return failure;
  });
  result.failure = outcome.error();
  result.waited = clock.elapsed();
  return result;
}

TEST(Retries, ComesBackWhenTheServerAsks) {
  const Outcome result = run_failing(Access::write, too_many(2));

  EXPECT_EQ(result.attempts, 10);
  EXPECT_EQ(result.waited, seconds(18));
  EXPECT_EQ(result.failure.code, ErrorCode::unavailable);
}

TEST(Retries, NeverRepeatsAWriteUnasked) {
  EXPECT_EQ(run_failing(Access::write, error(ErrorCode::unavailable, "refused")).attempts, 1);
  EXPECT_EQ(run_failing(Access::write, error(ErrorCode::unknown_outcome, "lost")).attempts, 1);
}

TEST(Retries, RepeatsAReadThreeTimesWithGrowingPauses) {
  const Outcome result = run_failing(Access::read, error(ErrorCode::unavailable, "refused"));

  EXPECT_EQ(result.attempts, 4);
  EXPECT_EQ(result.waited, milliseconds(200 + 400 + 800));
}

TEST(Retries, DoesNotRepeatWhatIsFinal) {
  EXPECT_EQ(run_failing(Access::read, error(ErrorCode::not_found, "none")).attempts, 1);
  EXPECT_EQ(run_failing(Access::read, error(ErrorCode::cancelled, "stop")).attempts, 1);
}

TEST(Retries, DoesNotWaitPastTheDeadline) {
  const Outcome result = run_failing(Access::write, too_many(5), seconds(12));

  EXPECT_EQ(result.attempts, 3);
  EXPECT_EQ(result.failure.fact("http_status"), "429");
}

TEST(Retries, NeverWaitsLongerThanAMinuteAtOnce) {
  EXPECT_EQ(run_failing(Access::write, too_many(86400)).waited, seconds(9 * 60));
}

TEST(Retries, KeepsPausesBelowTenSeconds) {
  const Jitter no_jitter;
  Retries retries(Access::read, no_jitter, kWatchFailuresMax);
  std::optional<Duration> last;
  for (unsigned i = 0; i < kWatchFailuresMax; ++i) {
    last = retries.next(error(ErrorCode::unavailable, "refused"));
  }

  EXPECT_EQ(last, seconds(10));
  EXPECT_EQ(retries.next(error(ErrorCode::unavailable, "refused")), std::nullopt);
}

TEST(Retries, SpreadsPausesByJitter) {
  const Jitter half = [] { return 0.5; };
  Retries retries(Access::read, half);

  EXPECT_EQ(retries.next(error(ErrorCode::unavailable, "refused")), milliseconds(300));
}

TEST(Retries, StopsWaitingWhenAskedTo) {
  InstantClock clock;
  std::stop_source source;
  const Context context{clock, null_log(), source.get_token(), {}};
  const Jitter no_jitter;

  const auto outcome =
      with_retries<int>(context, Retries(Access::read, no_jitter), [&]() -> Result<int> {
        source.request_stop();
        return error(ErrorCode::unavailable, "refused");
      });

  EXPECT_EQ(outcome.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace salvor::kube
