#include "restore/execute.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "restore/gather.h"
#include "restore/testing/actor_fixture.h"
#include "restore/testing/seeded_runner.h"

namespace salvor::restore {
namespace {

using testing::definition;
using testing::json;
using testing::object;
using testing::owned_by;
using testing::step_for;

// Remembers what was noted; may fail as a catalog does, and may call back.
class Notes final : public OutcomeSink {
 public:
  Result<void> note(const Step& step, const Outcome& outcome) override {
    if (fails_after-- == 0) return error(ErrorCode::exhausted, "disk full");
    noted.emplace_back(step.source.name, outcome);
    if (on_note) on_note(step);
    return {};
  }
  Result<void> flush() override {
    ++flushes;
    return {};
  }

  std::vector<std::pair<std::string, Outcome>> noted;
  int flushes = 0;
  int fails_after = -1;
  std::function<void(const Step&)> on_note;
};

// Counts what is under way at once.
class CountingRunner final : public Runner {
 public:
  CountingRunner(std::uint64_t seed, std::size_t& under_way)
      : runner_(seed, 4), under_way_(under_way) {}
  void start(StepNumber step, std::function<Outcome()> work) override {
    ++under_way_;
    runner_.start(step, std::move(work));
  }
  bool wait_for_end(Duration most) override { return runner_.wait_for_end(most); }
  std::pair<StepNumber, Outcome> wait() override {
    auto ended = runner_.wait();
    --under_way_;
    return ended;
  }
  std::size_t capacity() const override { return runner_.capacity(); }

 private:
  testing::SeededRunner runner_;
  std::size_t& under_way_;
};

class ExecuteTest : public testing::ActorFixture {
 protected:
  explicit ExecuteTest(kube::Controllers controllers = kube::Controllers::immediate)
      : ActorFixture(controllers) {}

  void plan(std::vector<Json> objects, const Options& options = testing::all_of_it()) {
    backup_ = std::move(objects);
    const ClusterFacts facts = gather_facts(context, cluster).value();
    plan_ = make_plan(testing::items_of(backup_, options), facts, options).value();
    render_ = make_render_context(plan_, facts, options);
    outcomes_ = outcomes_before(plan_, clock.wall_seconds());
  }

  Result<std::vector<Outcome>> run(std::uint64_t seed = 1) { return act(execute, context, seed); }
  Result<std::vector<Outcome>> wrap() { return wrap(context); }
  Result<std::vector<Outcome>> wrap(Context& within) { return act(wrap_up, within, 1); }

  // Runs to the end; the outcome of the one object of that name.
  const Outcome& outcome(const std::string& name) {
    for (const Step& step : plan_.steps) {
      if (step.source.name == name) return outcomes_[step.number];
    }
    check_failed(("a step for " + name).c_str(), __FILE__, __LINE__);
  }
  std::string reason(const std::string& name) {
    return std::string(row_of(outcome(name).reason).code);
  }

  std::string uid(const Json& object) { return live(object)->at("metadata").at("uid"); }
  Json owners(const Json& object) {
    return member(member(*live(object), "metadata"), "ownerReferences");
  }
  Result<Json> object_of(const Step& step) {
    if (step.item < 0) return bare_namespace(step.target_name);
    if (damaged_ == step.item) return error(ErrorCode::corrupt, "checksum differs");
    return backup_[static_cast<std::size_t>(step.item)];
  }

  std::vector<Json> backup_;
  Plan plan_;
  RenderContext render_;
  std::vector<Outcome> outcomes_;
  Notes notes_;
  std::int64_t damaged_ = -1;
  std::size_t under_way_ = 0;

 private:
  template <typename Function>
  Result<std::vector<Outcome>> act(const Function& function, Context& within, std::uint64_t seed) {
    Actor doer(cluster, render_, kManager, {});
    CountingRunner runner(seed, under_way_);
    auto ended = function(
        within, plan_, outcomes_,
        ExecutePorts{doer, runner, [this](const Step& step) { return object_of(step); }, notes_});
    if (ended.ok()) outcomes_ = *ended;
    return ended;
  }
};

const Json kSpace = object("v1", "Namespace", "", "new");
const Json kMap = object("v1", "ConfigMap", "new", "a");
const Json kPlain = object("v1", "Secret", "new", "b");
const Json kSchedule = object("batch/v1", "CronJob", "new", "nightly", json(R"({"spec": {}})"));

TEST_F(ExecuteTest, DoesAllAndNotesEachOnce) {
  plan({kSpace, kMap, kPlain});

  ASSERT_TRUE(run().ok());

  EXPECT_TRUE(live(kMap) && live(kPlain));
  EXPECT_EQ(notes_.noted.size(), 3U);
  EXPECT_EQ(notes_.noted[0].first, "new");
  EXPECT_GE(notes_.flushes, 1);
  for (const Outcome& outcome : outcomes_) EXPECT_EQ(outcome.reason, Reason::created);
}

TEST_F(ExecuteTest, ReportsWhatThePlanSkips) {
  plan({kSpace, object("v1", "ConfigMap", "new", "kube-root-ca.crt")});

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(reason("kube-root-ca.crt"), "CLUSTER_PUBLISHED");
  EXPECT_EQ(outcome("kube-root-ca.crt").attempts, 0U);
}

TEST_F(ExecuteTest, BlocksWhatNeedsAFailedStep) {
  refuse(kube::Verb::create, testing::refused(403, "namespaces is forbidden"), 1);
  plan({kSpace, kMap});

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(reason("new"), "FORBIDDEN");
  EXPECT_EQ(reason("a"), "NAMESPACE_UNAVAILABLE");
  EXPECT_EQ(outcome("a").message, "needs Namespace new, which failed");
  EXPECT_EQ(notes_.noted.size(), 2U);
}

TEST_F(ExecuteTest, LosesOnlyTheItemThatIsDamaged) {
  plan({kSpace, kMap, kPlain});
  damaged_ = 1;

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(reason("a"), "DAMAGED_ITEM");
  EXPECT_EQ(reason("b"), "CREATED");
}

TEST_F(ExecuteTest, GivesDependantsTheNewUidOfTheirOwner) {
  const Json owned = owned_by(kPlain, kMap, testing::Controls::yes);
  plan({kSpace, owned, kMap});

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(owners(owned).at(0).at("uid"), uid(kMap));
  EXPECT_EQ(owners(owned).at(0).at("controller"), true);
}

TEST_F(ExecuteTest, LooksUpOwnersThatAreNotInThePlan) {
  const Json there = cluster.seed(object("v1", "Secret", "shop", "there"));
  const Json owned = owned_by(
      owned_by(object("v1", "ConfigMap", "shop", "owned"), object("v1", "Secret", "shop", "gone")),
      object("v1", "Secret", "shop", "there"));
  plan({owned});

  ASSERT_TRUE(run().ok());

  ASSERT_EQ(owners(owned).size(), 1U);
  EXPECT_EQ(owners(owned).at(0).at("uid"), there["metadata"]["uid"]);
  EXPECT_EQ(outcome("owned").message,
            "owner Secret gone is not in the target: the reference was left out");
}

TEST_F(ExecuteTest, LinksOwnersOfACircleAfterwards) {
  const Json there = cluster.seed(object("v1", "Secret", "shop", "there"));
  const Json a = object("v1", "ConfigMap", "shop", "a");
  const Json b = object("v1", "ConfigMap", "shop", "b");
  const Json owned = owned_by(owned_by(a, b), object("v1", "Secret", "shop", "there"));
  plan({owned, owned_by(owned_by(b, a), object("v1", "Secret", "shop", "there"))});

  ASSERT_TRUE(run().ok());

  for (const auto& [one, other] : {std::pair(a, b), std::pair(b, a)}) {
    ASSERT_EQ(owners(one).size(), 2U);
    EXPECT_EQ(owners(one).at(0).at("uid"), uid(other));
    EXPECT_EQ(owners(one).at(1).at("uid"), there["metadata"]["uid"]);
  }
}

TEST_F(ExecuteTest, LinksANamespaceToTheOwnerThatCameLater) {
  const Json tenant = object("example.com/v1", "Tenant", "", "t");
  Json tenants = definition("example.com", "Tenant");
  tenants["spec"]["scope"] = "Cluster";
  plan({tenants, owned_by(kSpace, tenant), tenant, kMap});

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(owners(kSpace).at(0).at("uid"), uid(tenant));
  EXPECT_TRUE(live(kMap).has_value());
}

TEST_F(ExecuteTest, SaysWhenALateOwnerCouldNotBeSet) {
  const Json a = object("v1", "ConfigMap", "shop", "a");
  plan({owned_by(a, a)});
  refuse(kube::Verb::patch, testing::refused(403, "configmaps \"a\" is forbidden: no"), 1000);

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(reason("a"), "CREATED");
  EXPECT_EQ(outcome("a").message,
            "owner references could not be set: configmaps \"a\" is forbidden: no");
}

TEST_F(ExecuteTest, LiftsFencesAtTheEnd) {
  plan({kSpace, kSchedule, object("autoscaling/v2", "HorizontalPodAutoscaler", "new", "late")});
  bool was_fenced_late = false;
  before_request(kube::Verb::create, "horizontalpodautoscalers.autoscaling", 1,
                 [&] { was_fenced_late = live(kSchedule)->at("spec").at("suspend") == true; });

  ASSERT_TRUE(run().ok());

  EXPECT_TRUE(was_fenced_late);
  EXPECT_EQ(live(kSchedule)->at("spec").at("suspend"), false);
  EXPECT_FALSE(outcome("nightly").is_fenced);
  EXPECT_FALSE(notes_.noted.back().second.is_fenced);
}

TEST_F(ExecuteTest, LiftsFencesSideBySide) {
  std::vector<Json> schedules = {kSpace};
  for (const char* name : {"a", "b", "c", "d", "e"})
    schedules.push_back(object("batch/v1", "CronJob", "new", name, json(R"({"spec": {}})")));
  plan(schedules);
  std::size_t at_the_first = 0;
  before_request(kube::Verb::patch, "cronjobs.batch", 1, [&] { at_the_first = under_way_; });

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(at_the_first, 4U);
  for (const Outcome& outcome : outcomes_) EXPECT_FALSE(outcome.is_fenced);
}

TEST_F(ExecuteTest, SaysWhenAFenceCannotBeLifted) {
  plan({kSpace, kSchedule});
  refuse(kube::Verb::patch, testing::refused(403, "cronjobs.batch is forbidden"), 1000);

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(reason("nightly"), "CONFLICT");
  EXPECT_EQ(outcome("nightly").message, "made, but still suspended: cronjobs.batch is forbidden");
}

TEST_F(ExecuteTest, LeavesAloneWhatAnEarlierRunDid) {
  plan({kSpace, kMap, kPlain});
  run().value();
  outcomes_[step_for(plan_, "Secret", "b").number] = {};
  const std::size_t before = cluster.request_count();

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(cluster.request_count() - before, 3U);  // one looks for quotas
  EXPECT_EQ(reason("b"), "CREATED");
}

TEST_F(ExecuteTest, EndsWhenNothingCanBeNoted) {
  plan({kSpace, kMap, kPlain, kSchedule});
  notes_.fails_after = 1;

  const auto ended = run();

  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().message, "disk full");
  EXPECT_FALSE(live(kSchedule).has_value());
}

TEST_F(ExecuteTest, BeginsNothingMoreOnceStopped) {
  plan({kSpace, kMap, kPlain, kSchedule});
  std::stop_source stop;
  context.stop = stop.get_token();
  notes_.on_note = [&](const Step&) { stop.request_stop(); };

  const auto ended = run();

  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().code, ErrorCode::cancelled);
  EXPECT_EQ(notes_.noted.size(), 1U);
  EXPECT_FALSE(live(kMap).has_value());
}

TEST_F(ExecuteTest, GoesOnAfterAStopToTheSameEnd) {
  plan({kSpace, kMap, kPlain, kSchedule});
  std::stop_source stop;
  context.stop = stop.get_token();
  notes_.on_note = [&](const Step& step) {
    if (step.source.name == "nightly") stop.request_stop();
  };
  EXPECT_FALSE(run().ok());
  for (const auto& [name, noted] : notes_.noted) {
    for (const Step& step : plan_.steps) {
      if (step.source.name == name) outcomes_[step.number] = noted;
    }
  }
  context.stop = {};
  notes_.on_note = nullptr;

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(live(kSchedule)->at("spec").at("suspend"), false);
}

TEST_F(ExecuteTest, WrapsUpWhatAnEarlierRunDidNotNote) {
  plan({kSpace, kMap, kPlain, kSchedule});
  Actor earlier(cluster, render_, kManager, {});
  earlier.act(context, step_for(plan_, "Namespace", "new"), kSpace, {});
  earlier.act(context, step_for(plan_, "CronJob", "nightly"), kSchedule, {});

  ASSERT_TRUE(wrap().ok());

  EXPECT_EQ(reason("new"), "CREATED");
  EXPECT_EQ(reason("nightly"), "CREATED");
  EXPECT_TRUE(outcome("a").is_open());
  EXPECT_EQ(live(kSchedule)->at("spec").at("suspend"), false);
  EXPECT_FALSE(live(kMap).has_value());
}

TEST_F(ExecuteTest, WrapsUpWithoutACluster) {
  plan({kSpace, kSchedule});
  outcomes_[1].reason = Reason::created;
  outcomes_[1].is_fenced = true;
  cluster.fault({}, kube::FaultKind::refused, 100000);
  Context hurried = context.within(std::chrono::seconds(20));

  ASSERT_TRUE(wrap(hurried).ok());

  EXPECT_TRUE(outcome("new").is_open());
  EXPECT_NE(outcome("new").message.find("may be there"), std::string::npos);
  EXPECT_EQ(reason("nightly"), "CONFLICT");
}

// ---- steps that are put off

TEST_F(ExecuteTest, LetsOneTryForAllThatAWebhookHoldsUp) {
  refuse(kube::Verb::create, testing::refused(500, "failed calling webhook \"w.example.com\": no"),
         5);
  std::vector<Json> objects;
  for (int i = 0; i < 200; ++i)
    objects.push_back(object("v1", "ConfigMap", "shop", "map-" + std::to_string(i)));
  plan(objects);
  const std::size_t before = cluster.request_count();

  ASSERT_TRUE(run().ok());

  for (const Outcome& done : outcomes_) EXPECT_TRUE(done.is_there()) << done.message;
  EXPECT_LT(cluster.request_count() - before, 215U);
}

TEST_F(ExecuteTest, TellsWhatAStepWaitsFor) {
  refuse(kube::Verb::create, testing::refused(500, "failed calling webhook \"w.example.com\": no"),
         1);
  plan({object("v1", "Namespace", "", "new"), object("v1", "ConfigMap", "shop", "a")});

  ASSERT_TRUE(run().ok());

  const auto first = std::find_if(notes_.noted.begin(), notes_.noted.end(),
                                  [](const auto& note) { return note.second.is_open(); });
  ASSERT_NE(first, notes_.noted.end());
  EXPECT_EQ(first->second.message,
            "to be tried again: failed calling webhook \"w.example.com\": no");
  EXPECT_EQ(outcome(first->first).attempts, 2U);
}

// A quota that only something of a later wave makes room in.
TEST_F(ExecuteTest, DoesNotDependOnTheOrder) {
  const Json late = object("v1", "Service", "shop", "late", json(R"({"spec": {"ports": []}})"));
  plan({object("v1", "ConfigMap", "shop", "a"), late});
  cluster.on_request([&](const kube::FakeRequest& request) -> Result<void> {
    const bool is_first =
        request.verb == kube::Verb::create && request.group_resource == "configmaps";
    if (!is_first || live(late)) return {};
    return testing::refused(403, "configmaps \"a\" is forbidden: exceeded quota: q");
  });

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(reason("a"), "CREATED");
}

TEST_F(ExecuteTest, GivesUpAtOnceWhereNothingChangesAnyMore) {
  plan({object("v1", "ConfigMap", "shop", "a"), object("v1", "Secret", "shop", "b")});
  cluster.on_request([&](const kube::FakeRequest& request) -> Result<void> {
    if (request.group_resource != "configmaps" || request.verb != kube::Verb::create) return {};
    return testing::refused(403, "configmaps \"a\" is forbidden: exceeded quota: q");
  });
  const Duration before = clock.elapsed();

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(reason("a"), "QUOTA_EXCEEDED");
  EXPECT_EQ(reason("b"), "CREATED");
  EXPECT_EQ(clock.elapsed(), before);
}

TEST_F(ExecuteTest, DoesNotHammerAServerThatIsAway) {
  std::vector<Json> objects;
  for (int i = 0; i < 100; ++i)
    objects.push_back(object("v1", "ConfigMap", "shop", "map-" + std::to_string(i)));
  plan(objects);
  const Duration back = clock.elapsed() + std::chrono::seconds(40);
  std::size_t in_vain = 0;
  cluster.on_request([&](const kube::FakeRequest&) -> Result<void> {
    if (clock.elapsed() >= back) return {};
    ++in_vain;
    return error(ErrorCode::unavailable, "connection refused");
  });

  ASSERT_TRUE(run().ok());

  for (const Outcome& done : outcomes_) EXPECT_TRUE(done.is_there()) << done.message;
  EXPECT_LT(in_vain, 60U);
}

struct StuckNamespace : ExecuteTest {
  StuckNamespace() : ExecuteTest(kube::Controllers::stepped) {
    cluster.seed(object("v1", "Namespace", "", "old",
                        json(R"({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}})")));
  }
};

TEST_F(StuckNamespace, CostsOneDeadlineAndNothingElse) {
  std::vector<Json> objects = {object("v1", "Namespace", "", "old"),
                               object("v1", "ConfigMap", "shop", "elsewhere"),
                               object("v1", "Service", "shop", "late", json(R"({"spec": {}})"))};
  for (int i = 0; i < 5000; ++i)
    objects.push_back(object("v1", "Secret", "old", "secret-" + std::to_string(i)));
  plan(objects);
  const Duration before = clock.elapsed();
  Duration others_done{};
  notes_.on_note = [&](const Step& step) {
    if (step.source.name == "late") others_done = clock.elapsed() - before;
  };
  const std::size_t asked = cluster.request_count();

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(reason("elsewhere"), "CREATED");
  EXPECT_EQ(reason("late"), "CREATED");
  EXPECT_EQ(reason("old"), "NAMESPACE_UNAVAILABLE");
  EXPECT_EQ(reason("secret-4999"), "NAMESPACE_UNAVAILABLE");
  EXPECT_LT(others_done, std::chrono::seconds(1));
  EXPECT_LT(clock.elapsed() - before, std::chrono::seconds(70));
  EXPECT_LT(cluster.request_count() - asked, 60U);
}

TEST_F(StuckNamespace, ThatEndsInTimeGetsItsObjects) {
  plan({object("v1", "Namespace", "", "old"), object("v1", "Secret", "old", "s")});
  before_request(kube::Verb::get, "namespaces", 4, [this] { cluster.settle(); });

  ASSERT_TRUE(run().ok());

  EXPECT_EQ(reason("old"), "CREATED");
  EXPECT_EQ(reason("s"), "CREATED");
}

}  // namespace
}  // namespace salvor::restore
