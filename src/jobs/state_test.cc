#include "jobs/state.h"

#include <gtest/gtest.h>

#include <set>

#include "jobs/testing/workshop.h"

namespace salvor::jobs {
namespace {

TEST(JobState, OfEachOutcomeIsOneOfItsOwn) {
  std::set<std::string_view> states;
  for (const Outcome outcome : {Outcome::completed, Outcome::partial, Outcome::failed,
                                Outcome::cancelled, Outcome::skipped}) {
    EXPECT_TRUE(states.insert(state_of(outcome)).second);
    EXPECT_FALSE(is_active(state_of(outcome)));
  }
  EXPECT_TRUE(states.contains("CANCELED"));
}

TEST(JobState, IsActiveUntilTheEnd) {
  for (const std::string_view state : {kPending, kRunning, kCancelling})
    EXPECT_TRUE(is_active(state));
  EXPECT_FALSE(is_active("UNKNOWN"));
  EXPECT_FALSE(is_active(""));
}

TEST(JobState, FilterFindsWhatIsActive) {
  testing::Workshop workshop;
  std::set<std::string> active;
  for (const std::string_view state : {kPending, kRunning, kCancelling})
    active.insert(workshop.add({{"state", state}}));
  workshop.add({{"state", "COMPLETED"}});
  workshop.add({{"state", "CANCELED"}});

  const catalog::Page page =
      workshop.catalog.find(workshop.context, "jobs", {.filter = active_filter()}).value();

  std::set<std::string> found;
  for (const catalog::Document& document : page.documents) found.insert(document.id);
  EXPECT_EQ(found, active);
}

}  // namespace
}  // namespace salvor::jobs
