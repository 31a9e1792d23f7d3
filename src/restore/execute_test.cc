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

class ExecuteTest : public testing::ActorFixture {
 protected:
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
  Result<std::string> body(std::int64_t item) {
    if (damaged_ == item) return error(ErrorCode::corrupt, "checksum differs");
    return compact(backup_[static_cast<std::size_t>(item)]);
  }

  std::vector<Json> backup_;
  Plan plan_;
  RenderContext render_;
  std::vector<Outcome> outcomes_;
  Notes notes_;
  std::int64_t damaged_ = -1;

 private:
  template <typename Function>
  Result<std::vector<Outcome>> act(const Function& function, Context& within, std::uint64_t seed) {
    Actor doer(cluster, render_, kManager, {});
    testing::SeededRunner runner(seed, 4);
    auto ended = function(
        within, plan_, outcomes_,
        ExecutePorts{doer, runner, [this](const Step& step) { return body(step.item); }, notes_});
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

  EXPECT_EQ(cluster.request_count() - before, 2U);
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

}  // namespace
}  // namespace salvor::restore
