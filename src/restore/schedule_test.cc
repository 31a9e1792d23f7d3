#include "restore/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace salvor::restore {
namespace {

Step step(Wave wave, std::vector<StepNumber> needs = {}) {
  Step made;
  made.wave = wave;
  made.needs = std::move(needs);
  return made;
}

Plan plan_of(std::vector<Step> steps) {
  Plan plan;
  plan.steps = std::move(steps);
  for (StepNumber i = 0; i < plan.steps.size(); ++i) plan.steps[i].number = i;
  return plan;
}

Outcome outcome(Reason reason) {
  Outcome made;
  made.reason = reason;
  return made;
}

const Outcome kDone = outcome(Reason::created);
const Outcome kFailed = outcome(Reason::invalid);

using Steps = std::vector<StepNumber>;

TEST(Schedule, HandsOutEachStepOnce) {
  const Plan plan = plan_of({step(Wave::access), step(Wave::access), step(Wave::access)});
  Schedule schedule(plan, std::vector<Outcome>(3));

  EXPECT_EQ(schedule.take_ready(2), (Steps{0, 1}));
  EXPECT_EQ(schedule.take_ready(2), Steps{2});
  EXPECT_EQ(schedule.take_ready(2), Steps());
  EXPECT_FALSE(schedule.is_finished());
}

TEST(Schedule, BeginsAWaveWhenTheOneBeforeHasEnded) {
  const Plan plan = plan_of({step(Wave::namespaces), step(Wave::namespaces), step(Wave::services)});
  Schedule schedule(plan, std::vector<Outcome>(3));
  schedule.take_ready(9);

  schedule.finish(0, kDone);
  EXPECT_EQ(schedule.take_ready(9), Steps());
  schedule.finish(1, kFailed);
  EXPECT_EQ(schedule.take_ready(9), Steps{2});
}

TEST(Schedule, WaitsForNeedsInsideAWave) {
  const Plan plan =
      plan_of({step(Wave::custom), step(Wave::custom, {0}), step(Wave::custom, {0, 1})});
  Schedule schedule(plan, std::vector<Outcome>(3));

  EXPECT_EQ(schedule.take_ready(9), Steps{0});
  schedule.finish(0, kDone);
  EXPECT_EQ(schedule.take_ready(9), Steps{1});
  schedule.finish(1, outcome(Reason::exists));
  EXPECT_EQ(schedule.take_ready(9), Steps{2});
}

TEST(Schedule, BlocksAllThatNeedAFailedStep) {
  const Plan plan = plan_of({step(Wave::namespaces), step(Wave::access, {0}),
                             step(Wave::custom, {1}), step(Wave::custom)});
  Schedule schedule(plan, std::vector<Outcome>(4));
  schedule.take_ready(9);

  schedule.finish(0, kFailed);

  const auto blocked = schedule.take_blocked();
  ASSERT_EQ(blocked.size(), 2U);
  EXPECT_EQ(blocked[0].step, 1U);
  EXPECT_EQ(blocked[0].because_of, 0U);
  EXPECT_EQ(blocked[1].step, 2U);
  EXPECT_EQ(blocked[1].because_of, 1U);
  EXPECT_EQ(schedule.take_ready(9), Steps{3});
}

TEST(Schedule, BlocksOnASkippedStepToo) {
  const Plan plan = plan_of({step(Wave::namespaces), step(Wave::access, {0})});
  Schedule schedule(plan, std::vector<Outcome>(2));
  schedule.take_ready(9);

  schedule.finish(0, outcome(Reason::terminating));

  EXPECT_EQ(schedule.take_blocked().size(), 1U);
  EXPECT_TRUE(schedule.is_finished());
}

TEST(Schedule, OfNothingIsFinished) {
  const Plan plan = plan_of({});

  EXPECT_TRUE(Schedule(plan, {}).is_finished());
}

TEST(Schedule, GoesOnFromWhatAnEarlierRunDid) {
  const Plan plan =
      plan_of({step(Wave::namespaces), step(Wave::access, {0}), step(Wave::access, {0})});
  Schedule schedule(plan, {kDone, kDone, {}});

  EXPECT_EQ(schedule.take_ready(9), Steps{2});
}

TEST(Schedule, BlocksWhatNeedsAFailureOfAnEarlierRun) {
  const Plan plan = plan_of({step(Wave::namespaces), step(Wave::access, {0})});
  Schedule schedule(plan, {kFailed, {}});

  EXPECT_EQ(schedule.take_blocked().size(), 1U);
  EXPECT_TRUE(schedule.is_finished());
}

// ---- property: random graphs, random outcomes, random stops

Plan random_plan(std::mt19937_64& random) {
  std::vector<Step> steps;
  for (int i = 0; i < 40; ++i) {
    Step made = step(static_cast<Wave>(1 + random() % 4));
    for (std::size_t need = 0; need < steps.size(); ++need) {
      if (random() % 12 || steps[need].wave > made.wave) continue;
      made.needs.push_back(static_cast<StepNumber>(need));
    }
    steps.push_back(std::move(made));
  }
  return plan_of(std::move(steps));
}

// Whether a step itself succeeds, the same in every run of a seed.
bool succeeds(std::uint64_t seed, StepNumber number) {
  return std::mt19937_64(seed * 1000 + number)() % 8 != 0;
}

// Runs on until the end or until `most` steps were finished. Checks the order as it goes.
void run(const Plan& plan, std::uint64_t seed, std::vector<Outcome>& outcomes, std::size_t most) {
  std::mt19937_64 random(seed);
  Schedule schedule(plan, outcomes);
  std::vector<StepNumber> under_way;
  const auto is_over = [&](StepNumber number) { return !outcomes[number].is_open(); };
  for (std::size_t finished = 0; finished < most; ++finished) {
    for (const BlockedStep& blocked : schedule.take_blocked()) {
      ASSERT_TRUE(outcomes[blocked.step].is_open()) << "finished twice";
      ASSERT_FALSE(outcomes[blocked.because_of].is_there());
      outcomes[blocked.step] = outcome(Reason::dependency_failed);
    }
    for (const StepNumber number : schedule.take_ready(1 + random() % 4)) {
      const Step& started = plan.steps[number];
      ASSERT_TRUE(outcomes[number].is_open()) << "begun twice";
      for (const StepNumber need : started.needs) ASSERT_TRUE(outcomes[need].is_there());
      for (const Step& other : plan.steps)
        ASSERT_TRUE(other.wave >= started.wave || is_over(other.number)) << "wave begun early";
      under_way.push_back(number);
    }
    if (under_way.empty()) {
      ASSERT_TRUE(schedule.is_finished()) << "stuck";
      return;
    }
    std::swap(under_way[random() % under_way.size()], under_way.back());
    const StepNumber number = under_way.back();
    under_way.pop_back();
    outcomes[number] = outcome(succeeds(seed, number) ? Reason::created : Reason::invalid);
    schedule.finish(number, outcomes[number]);
  }
}

std::vector<Reason> reasons_in(const std::vector<Outcome>& outcomes) {
  std::vector<Reason> list;
  for (const Outcome& each : outcomes) list.push_back(each.reason);
  return list;
}

TEST(ScheduleProperty, EndsEachStepOnceAndTheSameAfterAnyStop) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    std::mt19937_64 random(seed);
    const Plan plan = random_plan(random);
    std::vector<Outcome> undisturbed(plan.steps.size());
    run(plan, seed, undisturbed, plan.steps.size() + 1);
    for (const Outcome& each : undisturbed) ASSERT_FALSE(each.is_open()) << "seed " << seed;

    std::vector<Outcome> resumed(plan.steps.size());
    run(plan, seed, resumed, random() % plan.steps.size());
    run(plan, seed, resumed, plan.steps.size() + 1);
    ASSERT_EQ(reasons_in(resumed), reasons_in(undisturbed)) << "seed " << seed;
  }
}

TEST(Schedule, GoesOnWithoutWhatIsPutOff) {
  const Plan plan = plan_of({step(Wave::namespaces), step(Wave::access), step(Wave::access, {0}),
                             step(Wave::services, {2}), step(Wave::services)});
  Schedule schedule(plan, std::vector<Outcome>(5));
  EXPECT_EQ(schedule.take_ready(9), Steps{0});

  schedule.put_off(0);
  EXPECT_EQ(schedule.take_ready(9), Steps{1});
  schedule.finish(1, kDone);
  EXPECT_EQ(schedule.take_ready(9), Steps{4});

  schedule.try_again(0);
  schedule.finish(0, kDone);
  EXPECT_EQ(schedule.take_ready(9), Steps{2});
  schedule.finish(2, kDone);
  EXPECT_EQ(schedule.take_ready(9), Steps{3});
  schedule.finish(3, kDone);
  schedule.finish(4, kDone);
  EXPECT_TRUE(schedule.is_finished());
}

TEST(Schedule, BlocksWhatNeedsAStepThatWasPutOffInVain) {
  const Plan plan = plan_of({step(Wave::namespaces), step(Wave::access, {0})});
  Schedule schedule(plan, std::vector<Outcome>(2));
  schedule.take_ready(9);
  schedule.put_off(0);

  schedule.try_again(0);
  schedule.finish(0, kFailed);

  ASSERT_EQ(schedule.take_blocked().size(), 1U);
  EXPECT_TRUE(schedule.is_finished());
}

Step claim_from_copy(StepNumber number) {
  Step step;
  step.number = number;
  step.wave = Wave::volumes;
  step.data = std::make_shared<const ClaimData>(ClaimData{.copy = "a-copy"});
  return step;
}

Step workload(StepNumber number, std::vector<StepNumber> needs) {
  Step step;
  step.number = number;
  step.wave = Wave::workloads;
  step.needs = std::move(needs);
  return step;
}

TEST(Schedule, LetsWorkloadsGoAheadOfVolumesOfOthers) {
  Plan plan;
  plan.steps = {claim_from_copy(0), claim_from_copy(1), workload(2, {0}), workload(3, {})};
  Schedule schedule(plan, std::vector<Outcome>(4));

  EXPECT_EQ(schedule.take_ready(10), (std::vector<StepNumber>{0, 1, 3}));
  schedule.finish(0, kDone);
  EXPECT_EQ(schedule.take_ready(10), (std::vector<StepNumber>{2}));
  schedule.finish(2, kDone);
  schedule.finish(3, kDone);
  EXPECT_FALSE(schedule.is_finished());
  schedule.finish(1, kDone);
  EXPECT_TRUE(schedule.is_finished());
}

TEST(Schedule, LeavesRoomBesideVolumes) {
  Plan plan;
  plan.steps = {claim_from_copy(0), claim_from_copy(1), claim_from_copy(2), workload(3, {})};
  Schedule schedule(plan, std::vector<Outcome>(4), 2);

  EXPECT_EQ(schedule.take_ready(10), (std::vector<StepNumber>{0, 1, 3}));
  EXPECT_TRUE(schedule.take_ready(10).empty());
  schedule.finish(1, kFailed);
  EXPECT_EQ(schedule.take_ready(10), (std::vector<StepNumber>{2}));
}

TEST(Schedule, HandsVolumesOutInThePlansOrderWhicheverIsReadyFirst) {
  Plan plan;
  plan.steps = {step(Wave::namespaces), step(Wave::namespaces), claim_from_copy(2),
                claim_from_copy(3), claim_from_copy(4)};
  plan.steps[1].number = 1;
  plan.steps[2].needs = {0};
  plan.steps[3].needs = {1};
  plan.steps[4].needs = {1};
  Schedule schedule(plan, std::vector<Outcome>(5), 1);
  EXPECT_EQ(schedule.take_ready(10), (Steps{0, 1}));

  schedule.finish(1, kDone);
  schedule.finish(0, kDone);

  EXPECT_EQ(schedule.take_ready(10), Steps{2});
  schedule.finish(2, kDone);
  EXPECT_EQ(schedule.take_ready(10), Steps{3});
  schedule.finish(3, kFailed);
  EXPECT_EQ(schedule.take_ready(10), Steps{4});
}

TEST(Schedule, DoesNotStartAWorkloadWhoseVolumeFailed) {
  Plan plan;
  plan.steps = {claim_from_copy(0), workload(1, {0})};
  Schedule schedule(plan, std::vector<Outcome>(2));

  EXPECT_EQ(schedule.take_ready(10), (std::vector<StepNumber>{0}));
  schedule.finish(0, kFailed);

  EXPECT_EQ(schedule.take_blocked().size(), 1U);
  EXPECT_TRUE(schedule.is_finished());
}

}  // namespace
}  // namespace salvor::restore
