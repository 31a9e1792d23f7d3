#include "restore/deferrals.h"

#include <gtest/gtest.h>

namespace salvor::restore {
namespace {

using std::chrono::seconds;
using Steps = std::vector<StepNumber>;
constexpr std::size_t kAll = 1000;
constexpr SteadyTime kStart{std::chrono::hours(1)};

Step step(StepNumber number, const std::string& space = "shop") {
  Step made;
  made.number = number;
  made.source = {"secrets", space, "a"};
  made.target_namespace = space;
  return made;
}

Outcome refused(Reason reason, PutOff put_off, const std::string& message = "", int status = 500) {
  Outcome made;
  made.reason = reason;
  made.put_off = put_off;
  made.message = message;
  made.http_status = status;
  return made;
}

Outcome ended(Reason reason) {
  Outcome made;
  made.reason = reason;
  return made;
}

const Outcome kWebhook = refused(Reason::admission_refused, PutOff::until_later,
                                 "failed calling webhook \"w.example.com\": refused");
constexpr Patience kMinute{.without_progress = seconds(60), .recount = seconds(330)};
constexpr Patience kTenMinutes{.without_progress = seconds(600), .recount = seconds(330)};

const Outcome kQuota = refused(Reason::quota_exceeded, PutOff::until_change, "exceeded quota");

TEST(CauseOf, NamesWhatIsWaitedFor) {
  EXPECT_EQ(cause_of(step(0), kWebhook), "webhook w.example.com");
  EXPECT_EQ(cause_of(step(0), kQuota), "quota in shop");
  EXPECT_EQ(cause_of(step(0), refused(Reason::definition_not_served, PutOff::until_later)),
            "kind secrets");
  EXPECT_EQ(cause_of(step(0), refused(Reason::unreachable, PutOff::until_later, "", 0)),
            "the API server");
  EXPECT_EQ(cause_of(step(0), refused(Reason::unreachable, PutOff::until_later, "", 503)),
            "API group ");
}

TEST(Deferrals, LetOneTryForAllThatWaitForTheSame) {
  Deferrals deferrals(kMinute);
  for (StepNumber i = 0; i < 3; ++i) deferrals.add(step(i), kWebhook, kStart);

  EXPECT_EQ(deferrals.take_due(kStart, kAll), Steps());
  EXPECT_EQ(deferrals.take_due(kStart + seconds(1), kAll), Steps{0});
  EXPECT_EQ(deferrals.take_due(kStart + seconds(1), kAll), Steps());

  deferrals.note_end(0, ended(Reason::created), kStart + seconds(1));
  EXPECT_EQ(deferrals.take_due(kStart + seconds(1), kAll), (Steps{1, 2}));
}

TEST(Deferrals, PauseLongerEachTime) {
  Deferrals deferrals(kTenMinutes);
  SteadyTime now = kStart;
  Duration last{};
  deferrals.add(step(0), kWebhook, now);
  for (int i = 0; i < 8; ++i) {
    const Duration pause = deferrals.next_look() - now;
    EXPECT_GE(pause, last);
    EXPECT_LE(pause, seconds(5));
    last = pause;
    now = deferrals.next_look();
    EXPECT_EQ(deferrals.take_due(now, kAll), Steps{0});
    EXPECT_FALSE(deferrals.add(step(0), kWebhook, now));
  }
  EXPECT_EQ(last, seconds(5));
}

TEST(Deferrals, ShareOneDeadlineThatBeginsAnewWithProgress) {
  Deferrals deferrals(kMinute);
  for (StepNumber i = 0; i < 3; ++i) deferrals.add(step(i), kWebhook, kStart);

  EXPECT_TRUE(deferrals.take_hopeless(kStart + seconds(59), true).empty());
  deferrals.take_due(kStart + seconds(59), kAll);
  deferrals.note_end(0, ended(Reason::created), kStart + seconds(59));
  deferrals.take_due(kStart + seconds(59), kAll);
  deferrals.add(step(1), kWebhook, kStart + seconds(59));
  deferrals.add(step(2), kWebhook, kStart + seconds(59));

  EXPECT_TRUE(deferrals.take_hopeless(kStart + seconds(118), true).empty());
  const auto hopeless = deferrals.take_hopeless(kStart + seconds(119), true);
  ASSERT_EQ(hopeless.size(), 2U);
  EXPECT_EQ(hopeless[0].second.reason, Reason::admission_refused);
  EXPECT_EQ(hopeless[0].second.put_off, PutOff::no);
  EXPECT_TRUE(deferrals.is_empty());
}

TEST(Deferrals, WaitForACauseInVainOnlyOnce) {
  Deferrals deferrals(kMinute);
  deferrals.add(step(0), kWebhook, kStart);
  EXPECT_EQ(deferrals.take_hopeless(kStart + seconds(60), false).size(), 1U);

  deferrals.add(step(1), kWebhook, kStart + seconds(61));

  EXPECT_EQ(deferrals.take_hopeless(kStart + seconds(61), false).size(), 1U);
}

TEST(Deferrals, TakeLessHoldingANamespaceForProgress) {
  Deferrals deferrals(kMinute);
  const auto says = [](const std::string& message) {
    return refused(Reason::namespace_unavailable, PutOff::until_later, message);
  };
  deferrals.add(step(0), says("2 pods remain"), kStart);
  deferrals.take_due(kStart + seconds(50), kAll);
  deferrals.add(step(0), says("1 pod remains"), kStart + seconds(50));

  EXPECT_TRUE(deferrals.take_hopeless(kStart + seconds(100), true).empty());
  EXPECT_EQ(deferrals.take_hopeless(kStart + seconds(110), true).size(), 1U);
}

TEST(Deferrals, WaitForAChangeOnlyWhileThereMayBeOne) {
  Deferrals deferrals(kMinute);
  deferrals.add(step(0), kQuota, kStart);

  EXPECT_EQ(deferrals.take_changed(kAll), Steps());
  EXPECT_TRUE(deferrals.take_hopeless(kStart, false).empty());
  deferrals.note_end(7, ended(Reason::created), kStart);
  EXPECT_EQ(deferrals.take_changed(kAll), Steps{0});
  deferrals.add(step(0), kQuota, kStart);
  EXPECT_EQ(deferrals.take_changed(kAll), Steps());
  EXPECT_EQ(deferrals.take_hopeless(kStart, true).size(), 1U);
}

TEST(Deferrals, GiveAQuotaTheTimeToBeCountedAnew) {
  Deferrals deferrals(kMinute);
  deferrals.add(step(0), refused(Reason::quota_exceeded, PutOff::until_later, "counts more"),
                kStart);

  EXPECT_EQ(deferrals.take_due(kStart + seconds(1), kAll), Steps{0});
  deferrals.add(step(0), refused(Reason::quota_exceeded, PutOff::until_later, "counts more"),
                kStart + seconds(1));
  EXPECT_TRUE(deferrals.take_hopeless(kStart + seconds(329), true).empty());
  EXPECT_EQ(deferrals.take_hopeless(kStart + seconds(330), true).size(), 1U);
}

TEST(Deferrals, MakeAChangeWaitForTime) {
  Deferrals deferrals(kMinute);
  deferrals.add(step(0), kQuota, kStart);
  deferrals.add(step(1), kWebhook, kStart);
  deferrals.note_end(7, ended(Reason::created), kStart);

  EXPECT_EQ(deferrals.take_changed(kAll), Steps());
  EXPECT_TRUE(deferrals.take_hopeless(kStart, true).empty());
}

TEST(Deferrals, HandOutNoMoreThanThereIsRoomFor) {
  Deferrals deferrals(kMinute);
  for (StepNumber i = 0; i < 9; ++i) deferrals.add(step(i), kWebhook, kStart);
  deferrals.take_due(kStart + seconds(1), kAll);
  deferrals.note_end(0, ended(Reason::created), kStart);

  EXPECT_EQ(deferrals.take_due(kStart, 3).size(), 3U);
  EXPECT_EQ(deferrals.take_due(kStart, kAll).size(), 5U);
}

TEST(Deferrals, HoldEverythingBackWhileNobodyAnswers) {
  Deferrals deferrals(kMinute);
  EXPECT_FALSE(deferrals.holds_back_all());
  deferrals.add(step(0), refused(Reason::unreachable, PutOff::until_later, "refused", 0), kStart);
  EXPECT_TRUE(deferrals.holds_back_all());
  deferrals.note_end(0, ended(Reason::created), kStart);
  EXPECT_FALSE(deferrals.holds_back_all());
}

TEST(Deferrals, MoveAStepToItsNewCause) {
  Deferrals deferrals(kMinute);
  deferrals.add(step(0), kWebhook, kStart);
  deferrals.add(step(1), kWebhook, kStart);
  EXPECT_EQ(deferrals.take_due(kStart + seconds(1), kAll), Steps{0});
  deferrals.add(step(0), kQuota, kStart + seconds(1));

  EXPECT_EQ(deferrals.take_due(kStart + seconds(1), kAll), Steps{1});
}

}  // namespace
}  // namespace salvor::restore
