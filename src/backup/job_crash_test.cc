// A backup that fails or dies at any of its steps: what is left, and what the next run makes of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backup/leftovers.h"
#include "backup/testing/world.h"
#include "objectstore/testing/faulty.h"
#include "objectstore/testing/whole.h"
#include "volume/snapshot_removal.h"

namespace salvor::backup::testing {
namespace {

using objectstore::testing::Effect;
using objectstore::testing::FaultyStore;
using objectstore::testing::Names;
using objectstore::testing::names_in;
using objectstore::testing::Operation;

// Objects of one archive: the tarball, its companions and the description.
constexpr std::size_t kObjectsOfAnArchive = 10;

class BackupCrash : public ::testing::Test {
 protected:
  BackupCrash() { world_.fill(); }

  // The next process takes the job over: one whole recovery point, and nothing else.
  void expect_next_run_succeeds() {
    ASSERT_TRUE(world_.points("READY").empty());
    FakeJobRun next = world_.job_run(FakeJobRun::Resumed::yes);
    ASSERT_EQ(world_.run_to_end(next).outcome, jobs::Outcome::completed);
    ASSERT_EQ(names_in(*world_.store, "").size(), kObjectsOfAnArchive);
    ASSERT_TRUE(world_.points("PENDING").empty());
    ASSERT_TRUE(world_.archived().contains("secrets shop/password"));
    ASSERT_EQ(world_.snapshotter.stored.size(), 1U);
    reset();
  }
  // Calls of the store, and requests to the cluster, that a whole backup makes.
  unsigned store_calls() {
    FaultyStore counting(*world_.store);
    FakeJobRun run = world_.job_run();
    world_.run(run, counting);
    reset();
    EXPECT_GT(counting.calls(), 25U);
    return counting.calls();
  }
  std::size_t requests() {
    std::size_t count = 0;
    world_.on_request([&](const kube::FakeRequest&) -> Result<void> {
      ++count;
      return {};
    });
    FakeJobRun run = world_.job_run();
    world_.run(run, *world_.store);
    world_.on_request({});
    reset();
    EXPECT_GT(count, 20U);
    return count;
  }
  void expect_no_trace() {
    ASSERT_EQ(names_in(*world_.store, ""), Names{});
    ASSERT_TRUE(world_.rows("backupinstances").empty());
    ASSERT_TRUE(world_.rows("kubepvclaims").empty());
    ASSERT_TRUE(world_.snapshotter.stored.empty());
  }
  // What stands in the cluster, which was out of reach when the job ended.
  void clear_up_later(const std::string& job_state) {
    const std::vector<catalog::Change> ended = {catalog::Insert{
        "jobs", kJobId, {{"type", "K8S_SNAP"}, {"state", job_state}, {"name", "a-job"}}}};
    ASSERT_TRUE(world_.catalog->commit(context_, {ended}).ok());
    const auto removed = remove_leftovers(context_, *world_.catalog, world_.cluster);
    ASSERT_TRUE(removed.ok()) << removed.error().describe();
    ASSERT_TRUE(world_.catalog->commit(context_, {{catalog::RemoveAll{"jobs", {}}}}).ok());
  }
  void reset() {
    const volume::Mark mark{volume::MarkedBy::job, kJobId};
    ASSERT_TRUE(volume::remove_marked(context_, world_.cluster, mark, volume::Fate::deleted,
                                      std::chrono::minutes(1))
                    .ok());
    for (const std::string& name : names_in(*world_.store, "")) {
      ASSERT_TRUE(world_.store->remove(context_, name).ok());
    }
    for (const char* resource : {"backupinstances", "kubenamespaces", "kubepvclaims"}) {
      ASSERT_TRUE(world_.catalog->commit(context_, {{catalog::RemoveAll{resource, {}}}}).ok());
    }
  }

  World world_{Json::object({{"namespaces", {"shop"}}})};
  Context context_ = world_.context;
};

TEST_F(BackupCrash, LeavesNoTraceWhenAnyCallOfTheStoreFails) {
  const unsigned calls = store_calls();
  for (const Effect effect : {Effect::disk_full, Effect::lost}) {
    for (unsigned call = 0; call < calls; ++call) {
      FaultyStore store(*world_.store);
      store.script({.operation = Operation::any, .effect = effect, .after = call});
      FakeJobRun run = world_.job_run();
      const jobs::JobEnd end = world_.run(run, store);
      ASSERT_TRUE(run.finish(end).ok());
      ASSERT_EQ(end.outcome, jobs::Outcome::failed) << "call " << call;
      expect_no_trace();
    }
  }
}

TEST_F(BackupCrash, TellsWhatToDoWhenTheDiskIsFull) {
  FaultyStore store(*world_.store);
  store.script({.operation = Operation::finish, .effect = Effect::disk_full});
  FakeJobRun run = world_.job_run();

  const jobs::JobEnd end = world_.run(run, store);

  EXPECT_THAT(end.message, ::testing::HasSubstr("free space"));
}

TEST_F(BackupCrash, RecoversFromADeathAtAnyCallOfTheStore) {
  const unsigned calls = store_calls();
  for (unsigned call = 0; call < calls; ++call) {
    FaultyStore store(*world_.store);
    store.script({.operation = Operation::any, .effect = Effect::die, .after = call});
    FakeJobRun run = world_.job_run();
    world_.run(run, store);  // a dead process writes no end
    ASSERT_TRUE(store.is_dead());
    expect_next_run_succeeds();
  }
}

TEST_F(BackupCrash, RecoversFromADeathAtAnyRequestToTheCluster) {
  const std::size_t all = requests();
  for (std::size_t at = 1; at <= all; ++at) {
    FaultyStore store(*world_.store);
    std::size_t count = 0;
    world_.on_request([&](const kube::FakeRequest&) -> Result<void> {
      if (++count < at) return {};
      store.kill();
      return error(ErrorCode::cancelled, "the process died");
    });
    FakeJobRun run = world_.job_run();
    world_.run(run, store);
    ASSERT_TRUE(store.is_dead());
    world_.on_request({});
    expect_next_run_succeeds();
  }
}

TEST_F(BackupCrash, RecoversFromALostLeaseAtAnyWrite) {
  FakeJobRun whole = world_.job_run();
  world_.run_to_end(whole);
  reset();
  for (unsigned write = 0; write < whole.writes(); ++write) {
    FakeJobRun run = world_.job_run();
    run.lose_lease_at(write);
    EXPECT_EQ(world_.run(run, *world_.store).outcome, jobs::Outcome::cancelled);
    expect_next_run_succeeds();
  }
}

TEST_F(BackupCrash, LeavesTheSnapshotsOfGoodRecoveryPointsAndOfOtherServers) {
  FakeJobRun run = world_.job_run();
  ASSERT_EQ(world_.run_to_end(run).outcome, jobs::Outcome::completed);

  ASSERT_TRUE(remove_leftovers(context_, *world_.catalog, world_.cluster).ok());  // not its job
  clear_up_later("COMPLETED");

  EXPECT_EQ(world_.snapshotter.stored.size(), 1U);
}

// The engine's last transaction may fail after the archive is whole.
TEST_F(BackupCrash, RecoversFromADeathBeforeTheEndIsWritten) {
  FakeJobRun run = world_.job_run();
  EXPECT_EQ(world_.run(run, *world_.store).outcome, jobs::Outcome::completed);
  ASSERT_EQ(names_in(*world_.store, "").size(), kObjectsOfAnArchive);

  expect_next_run_succeeds();
}

TEST_F(BackupCrash, LeavesNoTraceWhenTheClusterStopsAnsweringAtAnyRequest) {
  const std::size_t all = requests();
  for (std::size_t at = 1; at <= all; ++at) {
    std::size_t count = 0;
    world_.on_request([&](const kube::FakeRequest&) -> Result<void> {
      if (++count < at) return {};
      return error(ErrorCode::unavailable, "nobody answers");
    });
    FakeJobRun run = world_.job_run();
    const jobs::JobEnd end = world_.run_to_end(run);
    world_.on_request({});
    ASSERT_EQ(end.outcome, jobs::Outcome::failed) << at;
    clear_up_later("FAILED");
    expect_no_trace();
  }
}

}  // namespace
}  // namespace salvor::backup::testing
