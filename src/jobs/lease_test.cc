#include "jobs/lease.h"

#include <gtest/gtest.h>

#include "jobs/testing/workshop.h"

namespace salvor::jobs {
namespace {

TEST(Lease, ComesBackFromTheJobsDocument) {
  const Lease lease = lease_in({{"lease", to_json({"me", 7, 1234})}});

  EXPECT_EQ(lease.holder, "me");
  EXPECT_EQ(lease.epoch, 7U);
  EXPECT_EQ(lease.expires, 1234);
}

TEST(Lease, IsNobodysWhenThereIsNone) {
  EXPECT_EQ(lease_in(Json::object()).holder, "");
  EXPECT_EQ(lease_in(Json{{"lease", nullptr}}).epoch, 0U);
}

Json held(const std::string& holder, EpochSeconds expires) {
  return {{"lease", to_json({holder, 1, expires})}};
}

TEST(Lease, MayBeTakenWhenItIsNobodysOrOver) {
  EXPECT_TRUE(may_take(Json::object(), "me", 100, Others::count));
  EXPECT_TRUE(may_take(held("other", 99), "me", 100, Others::count));
  EXPECT_FALSE(may_take(held("other", 100), "me", 100, Others::count));
}

TEST(Lease, OfOthersIsVoidForTheOnlyWorker) {
  EXPECT_TRUE(may_take(held("other", 1000), "me", 100, Others::are_void));
  EXPECT_FALSE(may_take(held("me", 1000), "me", 100, Others::are_void));
}

class StillHeld : public ::testing::Test {
 protected:
  Result<void> commit_under(const Lease& lease) {
    const auto committed = workshop.catalog.commit(workshop.context, {{still_held(id, lease)}});
    if (committed.ok()) return {};
    return committed.error();
  }

  testing::Workshop workshop;
  const std::string id = workshop.add(held("me", 1000));
};

TEST_F(StillHeld, PassesForTheHolder) { EXPECT_TRUE(commit_under({"me", 1, 5}).ok()); }

TEST_F(StillHeld, FailsForAnotherHolderOrEpoch) {
  for (const Lease& lease : {Lease{"other", 1, 1000}, Lease{"me", 2, 1000}, Lease{"me", 0, 1000}}) {
    const auto committed = commit_under(lease);
    ASSERT_FALSE(committed.ok());
    EXPECT_EQ(committed.error().code, ErrorCode::cancelled);
    EXPECT_EQ(committed.error().fact("lease"), "lost");
  }
}

TEST_F(StillHeld, FailsForAJobThatIsGone) {
  ASSERT_TRUE(workshop.catalog.commit(workshop.context, {{catalog::Remove{"jobs", id}}}).ok());

  EXPECT_FALSE(commit_under({"me", 1, 1000}).ok());
}

}  // namespace
}  // namespace salvor::jobs
