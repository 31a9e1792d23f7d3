#include "jobs/engine.h"

#include <gtest/gtest.h>

#include <latch>
#include <set>

#include "jobs/lease.h"
#include "jobs/testing/workshop.h"

namespace salvor::jobs {
namespace {

using testing::Workshop;

JobEnd done(const std::string& message = "done") {
  return {Outcome::completed, message, Json::object(), {}};
}

// Runs jobs that go on until the test lets them end or they are stopped, and knows which run.
class Hall {
 public:
  JobKind kind() {
    return {"RESTORE", [this](JobRun& run) { return hold(run); }};
  }
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_.size() >= count; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  std::set<std::string> inside() {
    const std::lock_guard lock(mutex_);
    return inside_;
  }
  std::size_t most() {
    const std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  JobEnd hold(JobRun& run) {
    const std::stop_callback wake(run.context().stop, [this] {
      const std::lock_guard lock(mutex_);
      changed_.notify_all();
    });
    std::unique_lock lock(mutex_);
    inside_.insert(run.id());
    most_ = std::max(most_, inside_.size());
    changed_.notify_all();
    changed_.wait(lock, [&] { return is_open_ || run.context().stopped(); });
    inside_.erase(run.id());
    if (!run.context().stopped()) return done();
    return {Outcome::cancelled, run.is_cancelled() ? "was cancelled" : "was stopped", {}, {}};
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> inside_;
  std::size_t most_ = 0;
  bool is_open_ = false;
};

TEST(Engine, RunsAJobToItsEnd) {
  Workshop workshop;
  const std::string id = workshop.add();
  const auto engine =
      workshop.start({{"RESTORE", [](JobRun& run) {
                         EXPECT_TRUE(run.activity("working").ok());
                         EXPECT_FALSE(run.is_resumed());
                         EXPECT_EQ(run.document()["state"], "RUNNING");
                         return JobEnd{Outcome::completed, "done", {{"num_errors", 0}}, {}};
                       }}});

  workshop.wait_for_state(id, "COMPLETED");

  EXPECT_EQ(workshop.job(id)["activity"], Json({"working", "done"}));
  EXPECT_EQ(workshop.job(id)["jobrunner"], "me");
}

// A backup's definition shows how its last runs stand.
TEST(Engine, NotesTheStateInTheBackupDefinition) {
  Workshop workshop;
  const std::string definition(24, 'd');
  const std::string id = workshop.add({{"type", "K8S_SNAP"}, {"backupdef", definition}});
  const Json other = {{"jobid", std::string(24, 'e')}, {"state", "FAILED"}, {"message", "old"}};
  const Json run = {{"jobid", id}, {"state", "PENDING"}, {"message", ""}};
  const Json fields = {{"name", "nightly"}, {"status", {{"jobs", Json::array({run, other})}}}};
  ASSERT_TRUE(workshop.catalog
                  .commit(workshop.context, {{catalog::Insert{"kubebackups", definition, fields}}})
                  .ok());
  const auto states = [&] {
    std::string text;
    const Json body = workshop.catalog.get(workshop.context, "kubebackups", definition)->body();
    for (const Json& shown : body["status"]["jobs"])
      text += text_at(shown, "state") + " " + text_at(shown, "message") + ";";
    return text;
  };
  std::string seen_while_running;

  const auto engine = workshop.start({{"K8S_SNAP", [&](JobRun&) {
                                         seen_while_running = states();
                                         return done("backed up");
                                       }}});
  workshop.wait_for_state(id, "COMPLETED");

  EXPECT_EQ(seen_while_running, "RUNNING ;FAILED old;");
  EXPECT_EQ(states(), "COMPLETED backed up;FAILED old;");
}

TEST(Engine, EndsAJobWhoseBackupDefinitionIsGone) {
  Workshop workshop;
  const std::string id = workshop.add({{"type", "K8S_SNAP"}, {"backupdef", std::string(24, 'd')}});
  const auto engine = workshop.start({{"K8S_SNAP", [](JobRun&) { return done("backed up"); }}});

  workshop.wait_for_state(id, "COMPLETED");
}

TEST(Engine, RunsEachJobByItsType) {
  Workshop workshop;
  const std::string backup = workshop.add({{"type", "K8S_SNAP"}});
  const std::string restore = workshop.add();
  const auto engine = workshop.start({{"RESTORE", [](JobRun&) { return done("restored"); }},
                                      {"K8S_SNAP", [](JobRun&) { return done("backed up"); }}});

  workshop.wait_for_state(backup, "COMPLETED");
  workshop.wait_for_state(restore, "COMPLETED");

  EXPECT_EQ(workshop.job(backup)["message"], "backed up");
  EXPECT_EQ(workshop.job(restore)["message"], "restored");
}

TEST(Engine, FailsAJobThatNobodyKnowsHowToRun) {
  Workshop workshop;
  const std::string id = workshop.add({{"type", "SECURITY_SCAN"}});
  const auto engine = workshop.start({});

  workshop.wait_for_state(id, "FAILED");

  EXPECT_EQ(workshop.job(id)["message"],
            "this server has no worker for jobs of type SECURITY_SCAN");
}

TEST(Engine, LeavesJobsAloneThatHaveEnded) {
  Workshop workshop;
  const std::string ended = workshop.add({{"state", "FAILED"}});
  const std::string id = workshop.add();
  const auto engine = workshop.start({{"RESTORE", [](JobRun&) { return done(); }}});

  workshop.wait_for_state(id, "COMPLETED");

  EXPECT_EQ(workshop.state(ended), "FAILED");
}

TEST(Engine, LooksAtOnceWhenNotified) {
  Workshop workshop;
  const auto engine = Engine::start(workshop.catalog, workshop.context,
                                    {.holder = "me", .poll = std::chrono::hours(1)},
                                    {{"RESTORE", [](JobRun&) { return done(); }}});
  const std::string id = workshop.add();

  engine->notify();

  workshop.wait_for_state(id, "COMPLETED");
}

TEST(Engine, StopsAJobThatIsCancelled) {
  Workshop workshop;
  Hall hall;
  const std::string id = workshop.add();
  const auto engine = workshop.start({hall.kind()});
  hall.wait_for(1);

  workshop.set(id, {{"state", "CANCELLING"}});

  workshop.wait_for_state(id, "CANCELED");
  EXPECT_EQ(workshop.job(id)["message"], "was cancelled");
}

TEST(Engine, LetsACancelledJobReportThatNobodyWorkedOn) {
  Workshop workshop;
  Hall hall;
  const std::string id = workshop.add({{"state", "CANCELLING"}});
  const auto engine = workshop.start({hall.kind()});

  workshop.wait_for_state(id, "CANCELED");

  EXPECT_EQ(workshop.job(id)["message"], "was cancelled");
}

TEST(Engine, RunsNoMoreThanItMayAtOnce) {
  Workshop workshop;
  Hall hall;
  std::vector<std::string> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(workshop.add());
  const auto engine = workshop.start({hall.kind()}, {.holder = "", .jobs_max = 3});

  hall.wait_for(3);
  workshop.catalog.wait_for_finds(3);
  hall.open();
  for (const std::string& id : ids) workshop.wait_for_state(id, "COMPLETED");

  EXPECT_EQ(hall.most(), 3U);
}

TEST(Engine, RunsNoMoreThanItMayOnOneCluster) {
  Workshop workshop;
  Hall hall;
  const std::string busy = "5f80d09ff281487d59c69f5b";
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) ids.push_back(workshop.add({{"cluster", busy}}));
  const std::string elsewhere = workshop.add({{"cluster", "5f80d09ff281487d59c69f5c"}});
  const auto engine =
      workshop.start({hall.kind()}, {.holder = "", .jobs_max = 4, .jobs_per_cluster_max = 2});

  hall.wait_for(3);
  workshop.catalog.wait_for_finds(3);
  EXPECT_EQ(hall.inside(), (std::set<std::string>{ids[0], ids[1], elsewhere}));

  hall.open();
  for (const std::string& id : ids) workshop.wait_for_state(id, "COMPLETED");
}

TEST(Engine, StopsAJobWhoseLeaseIsLost) {
  Workshop workshop;
  Hall hall;
  const std::string id = workshop.add();
  const auto engine = workshop.start({hall.kind()});
  hall.wait_for(1);
  workshop.set(id, {{"lease", to_json({"other", 99, workshop.clock.wall_seconds() + 1000})}});

  workshop.clock.advance(60);  // so it is renewed at the next poll
  engine->drain();

  EXPECT_EQ(workshop.state(id), "RUNNING");
  EXPECT_EQ(lease_in(workshop.job(id)).holder, "other");
}

TEST(Engine, RenewsTheLeasesOfWhatItRuns) {
  Workshop workshop;
  Hall hall;
  const std::string id = workshop.add();
  const auto engine = workshop.start({hall.kind()});
  hall.wait_for(1);
  const EpochSeconds before = lease_in(workshop.job(id)).expires;

  workshop.clock.advance(5);

  workshop.catalog.wait_for([&] { return lease_in(workshop.job(id)).expires > before; });
}

TEST(Engine, LeavesJobsForTheNextStartWhenItIsDrained) {
  Workshop workshop;
  Hall hall;
  const std::string running = workshop.add();
  auto first = workshop.start({hall.kind()}, {.holder = "", .jobs_max = 1});
  hall.wait_for(1);
  const std::string waiting = workshop.add();
  first->drain();
  EXPECT_EQ(workshop.state(running), "RUNNING");
  EXPECT_EQ(workshop.state(waiting), "PENDING");

  std::atomic<int> resumed = 0;
  const auto second = workshop.start({{"RESTORE",
                                       [&](JobRun& run) {
                                         resumed += run.is_resumed() ? 1 : 0;
                                         return done();
                                       }}},
                                     {.holder = "next"});
  workshop.wait_for_state(running, "COMPLETED");
  workshop.wait_for_state(waiting, "COMPLETED");

  EXPECT_EQ(resumed, 1);
}

TEST(Engine, DrainsTwiceAndWhenItEnds) {
  Workshop workshop;
  Hall hall;
  workshop.add();
  auto engine = workshop.start({hall.kind()});
  hall.wait_for(1);

  engine->drain();
  engine->drain();
  engine.reset();
}

Json abandoned(const Workshop& workshop) {
  return {{"state", "RUNNING"},
          {"lease", to_json({"killed", 7, workshop.clock.wall_seconds() + 9})}};
}

TEST(Engine, GoesOnAtOnceWithWhatAKilledProcessLeft) {
  Workshop workshop;
  const std::string id = workshop.add(abandoned(workshop));
  std::atomic<bool> resumed = false;
  const auto engine = workshop.start({{"RESTORE",
                                       [&](JobRun& run) {
                                         resumed = run.is_resumed();
                                         EXPECT_EQ(lease_in(run.document()).epoch, 8U);
                                         return done();
                                       }}},
                                     {.holder = "", .is_only_worker = true});

  workshop.wait_for_state(id, "COMPLETED");

  EXPECT_TRUE(resumed);
}

TEST(Engine, WaitsForTheLeasesOfOtherWorkers) {
  Workshop workshop;
  const std::string id = workshop.add(abandoned(workshop));
  const auto engine = workshop.start({{"RESTORE", [](JobRun&) { return done(); }}});
  workshop.catalog.wait_for_finds(3);
  EXPECT_EQ(workshop.state(id), "RUNNING");

  workshop.clock.advance(10);

  workshop.wait_for_state(id, "COMPLETED");
}

// Two workers on one catalog: each job is run by one of them, once.
TEST(Engine, SharesItsJobsWithAnother) {
  Workshop workshop;
  std::atomic<int> runs = 0;
  const auto work = [&](JobRun&) {
    ++runs;
    return done();
  };
  std::vector<std::string> ids;
  for (int i = 0; i < 30; ++i) ids.push_back(workshop.add());
  const auto one = workshop.start({{"RESTORE", work}}, {.holder = "one"});
  const auto two = workshop.start({{"RESTORE", work}}, {.holder = "two"});

  for (const std::string& id : ids) workshop.wait_for_state(id, "COMPLETED");

  EXPECT_EQ(runs, 30);
}

}  // namespace
}  // namespace salvor::jobs
