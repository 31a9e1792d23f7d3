#include "jobs/lease_run.h"

#include <gtest/gtest.h>

#include "jobs/testing/workshop.h"

namespace salvor::jobs {
namespace {

class LeaseRunTest : public ::testing::Test {
 protected:
  void somebody_else_takes_it() { workshop.set(id, {{"lease", to_json({"other", 2, 2000})}}); }

  testing::Workshop workshop;
  const Lease lease{"me", 1, 1000};
  const std::string id = workshop.add({{"state", "RUNNING"}, {"lease", to_json(lease)}});
  LeaseRun run{workshop.catalog, workshop.context, id, workshop.job(id), lease, false};
};

TEST_F(LeaseRunTest, WritesActivityAndProgress) {
  EXPECT_TRUE(run.activity("one").ok());
  EXPECT_TRUE(run.activity("two").ok());
  EXPECT_TRUE(run.progress({{"num_errors", 3}}).ok());

  EXPECT_EQ(workshop.job(id)["activity"], Json({"one", "two"}));
  EXPECT_EQ(workshop.job(id)["num_errors"], 3);
}

TEST_F(LeaseRunTest, KeepsTheFirstAndTheLastLinesOfAJobThatSpeaksTooMuch) {
  Json lines = Json::array();
  for (int i = 0; i < 1000; ++i) lines.push_back(std::to_string(i));
  workshop.set(id, {{"activity", lines}});

  for (int i = 1000; i < 1010; ++i) ASSERT_TRUE(run.activity(std::to_string(i)).ok());

  const Json kept = workshop.job(id)["activity"];
  EXPECT_EQ(kept.size(), 1000U);
  EXPECT_EQ(kept.front(), "0");
  EXPECT_EQ(kept.back(), "1009");
}

TEST_F(LeaseRunTest, EndsTheJobInOneTransaction) {
  const std::string row = workshop.add({{"state", "COMPLETED"}});

  JobEnd end{Outcome::partial, "half of it", {{"num_errors", 1}}, {catalog::Remove{"jobs", row}}};
  ASSERT_TRUE(run.finish(std::move(end)).ok());

  const Json job = workshop.job(id);
  EXPECT_EQ(job["state"], "PARTIAL");
  EXPECT_EQ(job["message"], "half of it");
  EXPECT_EQ(job["activity"].back(), "half of it");
  EXPECT_EQ(job["num_errors"], 1);
  EXPECT_EQ(job["end_time"], workshop.clock.wall_seconds());
  EXPECT_FALSE(job.contains("lease") && job["lease"].is_object());
  EXPECT_FALSE(workshop.catalog.get(workshop.context, "jobs", row).ok());
}

TEST_F(LeaseRunTest, ThatLostItsLeaseWritesNothing) {
  somebody_else_takes_it();
  const Json before = workshop.job(id);

  const auto written = run.progress({{"num_errors", 3}});
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::cancelled);
  EXPECT_FALSE(run.activity("hello").ok());
  EXPECT_FALSE(run.commit({catalog::Remove{"jobs", id}}).ok());
  EXPECT_TRUE(run.finish({Outcome::completed, "done", {}, {}}).ok());

  EXPECT_EQ(workshop.job(id), before);
  EXPECT_TRUE(run.context().stopped());
  EXPECT_FALSE(run.is_cancelled());
}

TEST_F(LeaseRunTest, RenewsItsLease) {
  run.renew(5000);

  EXPECT_EQ(lease_in(workshop.job(id)).expires, 5000);
  EXPECT_FALSE(run.context().stopped());
}

TEST_F(LeaseRunTest, LearnsWhileRenewingThatItIsCancelled) {
  workshop.set(id, {{"state", "CANCELLING"}});

  run.renew(5000);

  EXPECT_TRUE(run.is_cancelled());
  EXPECT_TRUE(run.context().stopped());
}

TEST_F(LeaseRunTest, LearnsWhileRenewingThatItsLeaseIsLost) {
  somebody_else_takes_it();

  run.renew(5000);

  EXPECT_EQ(run.stop_reason(), StopReason::lease_lost);
  EXPECT_EQ(lease_in(workshop.job(id)).expires, 2000);
}

TEST_F(LeaseRunTest, NotesItsEndThoughItWasStopped) {
  run.stop(StopReason::cancelled);

  EXPECT_TRUE(run.finish({Outcome::cancelled, "stopped", {}, {}}).ok());

  EXPECT_EQ(workshop.state(id), "CANCELED");
}

TEST_F(LeaseRunTest, ThatIsDrainedGivesUpItsLeaseAndNothingElse) {
  run.stop(StopReason::drained);

  EXPECT_TRUE(run.finish({Outcome::failed, "stopped", {}, {}}).ok());

  EXPECT_EQ(workshop.state(id), "RUNNING");
  EXPECT_TRUE(may_take(workshop.job(id), "other", workshop.clock.wall_seconds(), Others::count));
  EXPECT_EQ(lease_in(workshop.job(id)).epoch, 1U);
}

TEST_F(LeaseRunTest, KeepsTheFirstReasonToStop) {
  run.stop(StopReason::cancelled);
  run.stop(StopReason::drained);

  EXPECT_EQ(run.stop_reason(), StopReason::cancelled);
}

}  // namespace
}  // namespace salvor::jobs
