#include "restore/actor.h"

#include <gtest/gtest.h>

#include <future>

#include "restore/testing/actor_fixture.h"

namespace salvor::restore {
namespace {

using testing::json;
using testing::object;
using testing::refused;

using ActorTest = testing::ActorFixture;

const Json kMap = object("v1", "ConfigMap", "shop", "settings", json(R"({"data": {"a": "b"}})"));

TEST_F(ActorTest, MakesAnObjectWithOneRequest) {
  const Outcome outcome = act(kMap);

  EXPECT_EQ(outcome.reason, Reason::created);
  EXPECT_EQ(outcome.http_status, 201);
  EXPECT_EQ(outcome.attempts, 1U);
  EXPECT_EQ(outcome.uid, live(kMap)->at("metadata").at("uid"));
  EXPECT_EQ(requests(), 1U);
}

TEST_F(ActorTest, LeavesAForeignObjectAlone) {
  Json foreign = kMap;
  foreign["data"]["a"] = "theirs";
  const Json before = cluster.seed(foreign);

  const Outcome outcome = act(kMap);

  EXPECT_EQ(outcome.reason, Reason::exists);
  EXPECT_EQ(outcome.uid, before["metadata"]["uid"]);
  EXPECT_EQ(*live(kMap), before);
}

TEST_F(ActorTest, FindsItsOwnObjectWhenTheAnswerWasLost) {
  cluster.fault({.verb = kube::Verb::create}, kube::FaultKind::dropped_after_write, 1);

  const Outcome outcome = act(kMap);

  EXPECT_EQ(outcome.reason, Reason::created);
  EXPECT_EQ(outcome.attempts, 1U);
  EXPECT_EQ(outcome.uid, live(kMap)->at("metadata").at("uid"));
  EXPECT_TRUE(cluster.unfired_faults().empty());
}

const std::vector<std::string> kDropped = {R"(unknown field "spec.new")"};

// The API server notes no manager of an object that is only a name.
TEST_F(ActorTest, FindsItsOwnObjectThatSaysNothingWhenTheAnswerWasLost) {
  const Json bare = object("v1", "ConfigMap", "shop", "bare");
  RenderContext render;
  render.planned_at = "1";
  Actor knowing(cluster, render, kManager, {});
  cluster.fault({.verb = kube::Verb::create}, kube::FaultKind::dropped_after_write, 1);

  EXPECT_EQ(knowing.act(context, step_of(bare, Action::create_new), bare, {}).reason,
            Reason::created);
}

TEST_F(ActorTest, DoesNotTakeAnOlderObjectThatSaysNothingForItsOwn) {
  const Json bare = object("v1", "ConfigMap", "shop", "bare");
  cluster.seed(bare);
  RenderContext render;
  render.planned_at = "1000000";
  Actor knowing(cluster, render, kManager, {});

  EXPECT_EQ(knowing.act(context, step_of(bare), bare, {}).reason, Reason::exists);
}

TEST_F(ActorTest, SaysWhichFieldsTheTargetDropped) {
  cluster.warn_of("configmaps", {kDropped[0], R"(unknown field "spec.newer")"});

  const Outcome outcome = act(kMap);

  EXPECT_EQ(outcome.reason, Reason::fields_dropped);
  EXPECT_TRUE(outcome.is_there());
  EXPECT_EQ(outcome.message,
            "the API server warns: unknown field \"spec.new\"; "
            "the API server warns: unknown field \"spec.newer\"");
  EXPECT_EQ(requests(), 1U);
}

TEST_F(ActorTest, HandsOnAdviceOfTheTarget) {
  cluster.warn_of("configmaps", {"example.com/v1beta1 is deprecated"});

  EXPECT_EQ(act(kMap).reason, Reason::created);
  EXPECT_EQ(act(kMap).message, "the API server warns: example.com/v1beta1 is deprecated");
}

TEST_F(ActorTest, KnowsWhatWasDroppedWhenTheAnswerWasLost) {
  cluster.warn_of("configmaps", kDropped);
  cluster.fault({.verb = kube::Verb::create}, kube::FaultKind::dropped_after_write, 1);

  EXPECT_EQ(act(kMap).reason, Reason::fields_dropped);
}

TEST_F(ActorTest, KnowsWhatWasDroppedInAnEarlierRun) {
  cluster.warn_of("configmaps", kDropped);
  act(kMap);

  EXPECT_EQ(act(kMap).reason, Reason::fields_dropped);
}

TEST_F(ActorTest, WritesAgainWhenALostWriteDidNotHappen) {
  cluster.fault({.verb = kube::Verb::create}, kube::FaultKind::dropped_before_write, 2);

  const Outcome outcome = act(kMap);

  EXPECT_EQ(outcome.reason, Reason::created);
  EXPECT_EQ(outcome.attempts, 3U);
}

TEST_F(ActorTest, FindsTheObjectOfAnEarlierRun) {
  act(kMap);

  EXPECT_EQ(act(kMap).reason, Reason::created);
}

TEST_F(ActorTest, WaitsOutWhatMayPass) {
  for (const kube::FaultKind kind :
       {kube::FaultKind::too_many_requests, kube::FaultKind::internal_error,
        kube::FaultKind::service_unavailable, kube::FaultKind::refused}) {
    const Json object = testing::object("v1", "Secret", "shop",
                                        std::string("s-") + std::to_string(static_cast<int>(kind)));
    cluster.fault({.verb = kube::Verb::create}, kind, 3);
    EXPECT_EQ(in_the_end(object).reason, Reason::created) << kube::to_string(kind);
  }
  EXPECT_TRUE(cluster.unfired_faults().empty());
}

TEST_F(ActorTest, WaitsOutFailuresWhileReadingBack) {
  cluster.fault({.verb = kube::Verb::create}, kube::FaultKind::dropped_after_write, 1);
  cluster.fault({.verb = kube::Verb::get}, kube::FaultKind::internal_error, 9);

  EXPECT_EQ(act(kMap).reason, Reason::created);
  EXPECT_TRUE(cluster.unfired_faults().empty());
}

TEST_F(ActorTest, GivesUpOnAServerThatDoesNotAnswerForAMinute) {
  cluster.fault({.verb = kube::Verb::create}, kube::FaultKind::service_unavailable, 1000);
  const Duration before = clock.elapsed();

  const Outcome outcome = in_the_end(kMap);

  EXPECT_EQ(outcome.reason, Reason::unreachable);
  EXPECT_GE(clock.elapsed() - before, std::chrono::seconds(60));
  EXPECT_LT(clock.elapsed() - before, std::chrono::seconds(90));
}

TEST_F(ActorTest, SaysWhenItCannotKnowWhetherAWriteHappened) {
  cluster.fault({.verb = kube::Verb::create}, kube::FaultKind::dropped_after_write, 1);
  cluster.fault({.verb = kube::Verb::get}, kube::FaultKind::refused, 1000);

  const Outcome outcome = act(kMap);

  EXPECT_EQ(outcome.reason, Reason::unknown_outcome);
  EXPECT_NE(outcome.message.find("could not be read back"), std::string::npos);
}

// The API server answers so while it counts a quota: with a conflict, though the object is not
// there.
TEST_F(ActorTest, DoesNotHurryAfterAConflictAboutSomethingElse) {
  refuse(kube::Verb::create, refused(409, "Operation cannot be fulfilled on resourcequotas \"q\""),
         5);
  const Duration before = clock.elapsed();

  EXPECT_EQ(act(kMap).reason, Reason::created);
  EXPECT_GT(clock.elapsed() - before, std::chrono::seconds(1));
}

TEST_F(ActorTest, WaitsForAWebhookThatFails) {
  refuse(kube::Verb::create, refused(500, "failed calling webhook \"w.example.com\""), 4);

  EXPECT_EQ(in_the_end(kMap).reason, Reason::created);
}

TEST_F(ActorTest, GivesUpOnAWebhookThatKeepsFailing) {
  refuse(kube::Verb::create, refused(500, "failed calling webhook \"w.example.com\": no endpoints"),
         1000);

  const Outcome outcome = in_the_end(kMap);

  EXPECT_EQ(outcome.reason, Reason::admission_refused);
  EXPECT_NE(outcome.message.find("w.example.com"), std::string::npos);
  EXPECT_EQ(outcome.http_status, 500);
}

TEST_F(ActorTest, TakesARefusalForAnAnswer) {
  refuse(kube::Verb::create, refused(403, "admission webhook \"w\" denied the request: no"), 1000);

  const Outcome outcome = act(kMap);

  EXPECT_EQ(outcome.reason, Reason::admission_refused);
  EXPECT_EQ(outcome.attempts, 1U);
}

TEST_F(ActorTest, SaysThatAQuotaIsUsedUp) {
  refuse(kube::Verb::create, refused(403, "pods \"a\" is forbidden: exceeded quota: compute"),
         1000);

  EXPECT_EQ(act(kMap).reason, Reason::quota_exceeded);
}

TEST_F(ActorTest, WaitsForAQuotaThatIsNotCountedYet) {
  refuse(kube::Verb::create,
         refused(403, "pods \"a\" is forbidden: status unknown for quota: compute"), 3);

  EXPECT_EQ(in_the_end(kMap).reason, Reason::created);
}

// A quota and its like are judged before the name.
TEST_F(ActorTest, SeesThatARefusedObjectIsThereAlready) {
  act(kMap);
  refuse(kube::Verb::create,
         refused(403, "configmaps \"settings\" is forbidden: exceeded quota: q"), 1000);

  EXPECT_EQ(act(kMap).reason, Reason::created);
}

// ---- namespaces

Json dying_namespace() {
  return object("v1", "Namespace", "", "old",
                json(R"({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}})"));
}

struct StaleNamespace : testing::ActorFixture {
  StaleNamespace() : ActorFixture(kube::Controllers::stepped) { cluster.seed(dying_namespace()); }
  const Json wanted = object("v1", "Namespace", "", "old");
};

TEST_F(StaleNamespace, IsMadeAnewOnceTheOldOneIsGone) {
  before_request(kube::Verb::get, "namespaces", 3, [this] { cluster.settle(); });

  const Outcome outcome = in_the_end(wanted);

  EXPECT_EQ(outcome.reason, Reason::created);
  EXPECT_EQ(outcome.uid, live(wanted)->at("metadata").at("uid"));
}

TEST_F(StaleNamespace, ThatDoesNotEndIsUnavailable) {
  const Outcome outcome = in_the_end(wanted);

  EXPECT_EQ(outcome.reason, Reason::namespace_unavailable);
  EXPECT_EQ(outcome.message, "Namespace old is still being deleted");
}

TEST_F(StaleNamespace, TakesNothingNew) {
  const Outcome outcome = act(object("v1", "ConfigMap", "old", "a"));

  EXPECT_EQ(outcome.reason, Reason::namespace_unavailable);
  EXPECT_EQ(outcome.attempts, 1U);
}

// ---- merges

const Json kAccount = object("v1", "ServiceAccount", "shop", "default",
                             json(R"({"imagePullSecrets": [{"name": "registry"}]})"));

TEST_F(ActorTest, MergesIntoTheDefaultAccount) {
  const Json before = *live(kAccount);

  const Outcome outcome = act(kAccount, Action::merge);

  EXPECT_EQ(outcome.reason, Reason::merged);
  EXPECT_EQ(outcome.http_status, 200);
  EXPECT_EQ(outcome.uid, before["metadata"]["uid"]);
  EXPECT_EQ(live(kAccount)->at("imagePullSecrets"), json(R"([{"name": "registry"}])"));
}

TEST_F(ActorTest, KnowsItsMergeOfAnEarlierRun) {
  act(kAccount, Action::merge);

  EXPECT_EQ(act(kAccount, Action::merge).reason, Reason::merged);
}

TEST_F(ActorTest, WaitsOutFailuresOfAMerge) {
  for (const kube::FaultKind kind :
       {kube::FaultKind::dropped_before_write, kube::FaultKind::internal_error,
        kube::FaultKind::too_many_requests, kube::FaultKind::dropped_after_write}) {
    cluster.fault({.verb = kube::Verb::patch}, kind, 1);
  }

  EXPECT_EQ(in_the_end(kAccount, Action::merge).reason, Reason::merged);
  EXPECT_TRUE(cluster.unfired_faults().empty());
}

TEST_F(ActorTest, MergesAgainWhenSomebodyElseWasFaster) {
  before_request(kube::Verb::patch, "serviceaccounts", 1, [this] {
    Json changed = *live(kAccount);
    changed["secrets"] = json(R"([{"name": "theirs"}])");
    cluster.seed(changed);
  });

  EXPECT_EQ(act(kAccount, Action::merge).reason, Reason::merged);
  EXPECT_EQ(live(kAccount)->at("secrets"), json(R"([{"name": "theirs"}])"));
}

TEST_F(ActorTest, KeepsAnAccountThatHasAllAlready) {
  const Outcome outcome = act(object("v1", "ServiceAccount", "shop", "default"), Action::merge);

  EXPECT_EQ(outcome.reason, Reason::unchanged);
}

TEST_F(ActorTest, SaysWhatAMergeKeptOfTheTargetsOwn) {
  Json foreign = kMap;
  foreign["data"]["a"] = "theirs";
  cluster.seed(foreign);
  Json more = kMap;
  more["data"]["b"] = "ours";

  EXPECT_EQ(act(more, Action::merge).message, "kept the target's own /data/a");
  EXPECT_EQ(live(kMap)->at("data"), json(R"({"a": "theirs", "b": "ours"})"));
}

// ---- other policies for what is there

TEST_F(ActorTest, FailsWhereNothingMayBe) {
  cluster.seed(kMap);

  EXPECT_EQ(act(kMap, Action::create_new).reason, Reason::already_exists);
}

TEST_F(ActorTest, MakesAnObjectThatIsThereLikeTheBackups) {
  Json foreign = kMap;
  foreign["data"] = json(R"({"a": "theirs", "more": "x"})");
  const Json before = cluster.seed(foreign);

  const Outcome outcome = act(kMap, Action::replace);

  EXPECT_EQ(outcome.reason, Reason::replaced);
  EXPECT_EQ(outcome.uid, before["metadata"]["uid"]);
  EXPECT_EQ(live(kMap)->at("data"), kMap["data"]);
  EXPECT_EQ(act(kMap, Action::replace).reason, Reason::replaced) << "of an earlier run";
}

TEST_F(ActorTest, WritesNothingWhereNothingDiffers) {
  cluster.seed(kMap);

  const Outcome outcome = act(kMap, Action::replace);

  EXPECT_EQ(outcome.reason, Reason::unchanged);
  EXPECT_EQ(outcome.attempts, 1U);
  EXPECT_EQ(requests(), 2U);
}

TEST_F(ActorTest, MakesNothingLikeTheBackupsThatWasChangedMeanwhile) {
  Json foreign = kMap;
  foreign["data"]["a"] = "theirs";
  cluster.seed(foreign);
  before_request(kube::Verb::patch, "configmaps", 1, [this, foreign] {
    Json changed = foreign;
    changed["data"]["b"] = "theirs too";
    cluster.seed(changed);
  });

  EXPECT_EQ(act(kMap, Action::replace).reason, Reason::replaced);
  EXPECT_EQ(live(kMap)->at("data"), kMap["data"]);
}

const Json kFixed =
    object("v1", "Secret", "shop", "fixed", json(R"({"type": "new", "data": {"a": "b"}})"));

class Recreation : public ActorTest {
 protected:
  Recreation() {
    Json foreign = kFixed;
    foreign["type"] = "old";
    before = cluster.seed(foreign);
  }
  Json before;
  int refusals = 0;
};

TEST_F(Recreation, IsRefusedToAReplacement) {
  const Outcome outcome = act(kFixed, Action::replace);

  EXPECT_EQ(outcome.reason, Reason::immutable);
  EXPECT_EQ(outcome.message,
            "the object that is there differs in a field that cannot be changed: /type");
  EXPECT_EQ(*live(kFixed), before);
}

TEST_F(Recreation, MakesTheObjectAnew) {
  const Outcome outcome = act(kFixed, Action::recreate);

  EXPECT_EQ(outcome.reason, Reason::recreated);
  EXPECT_NE(outcome.uid, before["metadata"]["uid"]);
  EXPECT_EQ(live(kFixed)->at("type"), "new");
}

TEST_F(Recreation, DeletesOnlyWhatItLookedAt) {
  before_request(kube::Verb::remove, "secrets", 1, [this] {
    Json changed = before;
    changed["data"]["a"] = "changed";
    cluster.seed(changed);
  });

  EXPECT_EQ(act(kFixed, Action::recreate).reason, Reason::recreated);
  EXPECT_EQ(live(kFixed)->at("data"), kFixed["data"]);
}

TEST_F(Recreation, GoesOnAfterLostAnswers) {
  cluster.fault({.verb = kube::Verb::remove}, kube::FaultKind::dropped_after_write, 1);
  cluster.fault({.verb = kube::Verb::create}, kube::FaultKind::dropped_before_write, 1);

  const Outcome outcome = act(kFixed, Action::recreate);

  EXPECT_TRUE(outcome.is_there());
  EXPECT_EQ(live(kFixed)->at("type"), "new");
  EXPECT_TRUE(cluster.unfired_faults().empty());
}

TEST_F(Recreation, WaitsNoLongerThanItsPatience) {
  Json held = before;
  held["metadata"]["finalizers"] = json(R"(["example.com/hold"])");
  cluster.seed(held);

  EXPECT_EQ(act(kFixed, Action::recreate).reason, Reason::not_gone);
}

TEST_F(Recreation, DoesNotFightWithSomebodyWhoMakesItAgain) {
  cluster.on_request([this](const kube::FakeRequest& request) -> Result<void> {
    if (request.verb == kube::Verb::create && !live(kFixed)) cluster.seed(before);
    return {};
  });

  const Outcome outcome = act(kFixed, Action::recreate);

  EXPECT_EQ(outcome.reason, Reason::conflict);
  EXPECT_EQ(live(kFixed)->at("type"), "old");
}

TEST_F(Recreation, PutsBackWhatWasDeletedInVain) {
  cluster.on_request([this](const kube::FakeRequest& request) -> Result<void> {
    const bool is_gone = !live(kFixed).has_value();
    if (request.verb != kube::Verb::create || !is_gone || refusals++ > 0) return {};
    return testing::refused(422, "no such type");
  });

  const Outcome outcome = act(kFixed, Action::recreate);

  EXPECT_EQ(outcome.reason, Reason::invalid);
  EXPECT_EQ(outcome.message, "no such type; the object that was there was put back");
  EXPECT_EQ(live(kFixed)->at("type"), "old");
}

// ---- services

Json service(const std::string& name) {
  return object(
      "v1", "Service", "shop", name,
      json(R"({"spec": {"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]}})"));
}

TEST_F(ActorTest, TakesFreshPortsWhenItsOwnAreTaken) {
  cluster.seed(service("theirs"));

  const Outcome outcome = act(service("ours"));

  EXPECT_EQ(outcome.reason, Reason::created);
  EXPECT_EQ(outcome.message, "got new ports: the old ones are taken in the target");
  EXPECT_NE(live(service("ours"))->at("spec").at("ports").at(0).at("nodePort"), 30080);
}

// Ports are judged before the name.
TEST_F(ActorTest, TakesItsOwnPortsOfAnEarlierRunForItsOwn) {
  act(service("ours"));

  const Outcome outcome = act(service("ours"));

  EXPECT_EQ(outcome.reason, Reason::created);
  EXPECT_EQ(live(service("ours"))->at("spec").at("ports").at(0).at("nodePort"), 30080);
}

TEST_F(ActorTest, DoesNotTryTwiceWithoutAddresses) {
  refuse(kube::Verb::create,
         refused(422, "spec.ports[0].nodePort: provided port is already allocated"), 1000);

  const Outcome outcome = act(service("ours"));

  EXPECT_EQ(outcome.reason, Reason::invalid);
  EXPECT_EQ(outcome.attempts, 2U);
}

// ---- definitions and custom resources

struct Definitions : testing::ActorFixture {
  Definitions() : ActorFixture(kube::Controllers::stepped) {}
  const Json widgets = testing::definition("example.com", "Widget");
};

TEST_F(Definitions, AreDoneOnceTheirKindIsServed) {
  before_request(kube::Verb::discover, "", 4, [this] { cluster.settle(); });

  EXPECT_EQ(act(widgets).reason, Reason::created);
  const auto served = cluster.discover(context);
  EXPECT_NE(served->find("example.com", "v1", "widgets"), nullptr);
}

TEST_F(Definitions, ThatAreNotServedInAMinuteFailed) {
  const Outcome outcome = act(widgets);

  EXPECT_EQ(outcome.reason, Reason::definition_not_served);
  EXPECT_EQ(outcome.message, "the API server does not serve widgets.example.com yet");
  EXPECT_FALSE(outcome.uid.empty());
}

TEST_F(Definitions, ThatWereThereNeedNotServeWhatTheBackupsWould) {
  cluster.seed(testing::definition("example.com", "Widget", {"v2"}));
  cluster.settle();

  EXPECT_EQ(act(widgets).reason, Reason::exists);
}

TEST_F(Definitions, MayTakeAMomentUntilTheirObjectsAreTaken) {
  cluster.seed(widgets);
  const Json widget = object("example.com/v1", "Widget", "shop", "w");
  before_request(kube::Verb::create, "widgets.example.com", 3, [this] { cluster.settle(); });

  EXPECT_EQ(in_the_end(widget).reason, Reason::created);
}

// ---- owners

const Json kReference = json(R"({"apiVersion": "v1", "kind": "ConfigMap", "name": "settings"})");

TEST_F(ActorTest, FindsAnOwnerInTheTarget) {
  const Json owner = cluster.seed(kMap);

  const auto found = actor.find_owner(context, step_of(kMap), kReference);

  ASSERT_TRUE(found.ok());
  EXPECT_EQ(*found, owner["metadata"]["uid"].get<std::string>());
}

TEST_F(ActorTest, FindsNoOwnerThatIsNotThere) {
  EXPECT_EQ(actor.find_owner(context, step_of(kMap), kReference).value(), std::nullopt);
  EXPECT_EQ(actor
                .find_owner(context, step_of(kMap),
                            json(R"({"apiVersion": "x.org/v1", "kind": "X", "name": "x"})"))
                .value(),
            std::nullopt);
  EXPECT_EQ(actor.find_owner(context, step_of(kMap), json("null")).value(), std::nullopt);
}

TEST_F(ActorTest, AsksOnceForAnOwnerOfMany) {
  cluster.seed(kMap);
  const Step step = step_of(kMap);
  const std::size_t before = cluster.request_count();

  for (int i = 0; i < 5; ++i) EXPECT_TRUE(actor.find_owner(context, step, kReference).value());

  EXPECT_EQ(cluster.request_count() - before, 2U);
}

TEST_F(ActorTest, WaitsOutFailuresWhileLookingForAnOwner) {
  cluster.seed(kMap);
  const Step step = step_of(kMap);
  cluster.fault({.verb = kube::Verb::discover}, kube::FaultKind::internal_error, 9);
  cluster.fault({.verb = kube::Verb::get}, kube::FaultKind::internal_error, 9);

  EXPECT_TRUE(actor.find_owner(context, step, kReference).value());
  EXPECT_TRUE(cluster.unfired_faults().empty());
}

TEST_F(ActorTest, SetsLateOwners) {
  const Json owned = testing::owned_by(kMap, object("v1", "Secret", "shop", "x"));
  const Json owner = cluster.seed(object("v1", "Secret", "shop", "x"));
  act(kMap);
  cluster.fault({.verb = kube::Verb::patch}, kube::FaultKind::dropped_before_write, 2);

  EXPECT_TRUE(actor.link_late(context, step_of(kMap), owned, {{0, owner["metadata"]["uid"]}}).ok());

  EXPECT_EQ(live(kMap)->at("metadata").at("ownerReferences").at(0).at("uid"),
            owner["metadata"]["uid"]);
}

// ---- fences

const Json kSchedule = object("batch/v1", "CronJob", "shop", "nightly",
                              json(R"({"spec": {"schedule": "0 3 * * *"}})"));

TEST_F(ActorTest, FencesAScheduleAndReleasesIt) {
  const Outcome outcome = act(kSchedule);
  EXPECT_TRUE(outcome.is_fenced);
  EXPECT_EQ(live(kSchedule)->at("spec").at("suspend"), true);

  EXPECT_TRUE(actor.release(context, step_of(kSchedule)).ok());
  EXPECT_EQ(live(kSchedule)->at("spec").at("suspend"), false);
  EXPECT_FALSE(live(kSchedule)->at("metadata").contains("annotations") &&
               !live(kSchedule)->at("metadata").at("annotations").empty());
}

TEST_F(ActorTest, WaitsOutFailuresOfARelease) {
  act(kSchedule);
  for (const kube::FaultKind kind :
       {kube::FaultKind::dropped_before_write, kube::FaultKind::internal_error,
        kube::FaultKind::dropped_after_write}) {
    cluster.fault({.verb = kube::Verb::patch}, kind, 1);
  }

  EXPECT_TRUE(actor.release(context, step_of(kSchedule)).ok());
  EXPECT_EQ(live(kSchedule)->at("spec").at("suspend"), false);
}

TEST_F(ActorTest, HasNothingToReleaseWhenSomebodyDeletedIt) {
  EXPECT_TRUE(actor.release(context, step_of(kSchedule)).ok());
}

TEST_F(ActorTest, DoesNotCallAForeignScheduleFenced) {
  cluster.seed(kSchedule);

  EXPECT_FALSE(act(kSchedule).is_fenced);
}

// ---- looking after a stop

TEST_F(ActorTest, LooksForWhatAStoppedRunHasMade) {
  act(kSchedule);

  const Outcome found = actor.look(context, step_of(kSchedule)).value();

  EXPECT_EQ(found.reason, Reason::created);
  EXPECT_TRUE(found.is_fenced);
  EXPECT_EQ(found.uid, live(kSchedule)->at("metadata").at("uid"));
}

TEST_F(ActorTest, LooksAndFindsNothingOfItsOwn) {
  cluster.seed(kMap);

  EXPECT_TRUE(actor.look(context, step_of(kMap)).value().is_open());
  EXPECT_TRUE(actor.look(context, step_of(kSchedule)).value().is_open());
}

TEST_F(ActorTest, IsCancelledByAStopBefore) {
  std::stop_source stop;
  stop.request_stop();
  Context stopped = context.stopped_by(stop.get_token());

  EXPECT_EQ(actor.act(stopped, step_of(kMap), kMap, {}).reason, Reason::cancelled);
  EXPECT_FALSE(live(kMap).has_value());
}

// With the machine's clock: on the instant one a stalled call is over at once.
TEST(ActorStop, EndsAStalledCallWithinAMoment) {
  kube::FakeCluster cluster(system_clock());
  cluster.seed(object("v1", "Namespace", "", "shop"));
  cluster.fault({.verb = kube::Verb::create}, kube::FaultKind::stall, 1);
  Actor actor(cluster, {}, "job", {});
  std::stop_source stop;
  Context context = background().stopped_by(stop.get_token());
  Step step;
  step.source = {"configmaps", "shop", "settings"};
  step.type = {"", "v1", "configmaps", "ConfigMap", true, {}};
  step.target_namespace = "shop";
  step.target_name = "settings";

  auto acted = std::async(std::launch::async, [&] { return actor.act(context, step, kMap, {}); });
  cluster.wait_for_stalled(1);
  stop.request_stop();

  ASSERT_EQ(acted.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_EQ(acted.get().reason, Reason::cancelled);
}

// An aggregated API, and a slice of the Service behind it.
struct Backend : ActorTest {
  static Json api_service() {
    return object("apiregistration.k8s.io/v1", "APIService", "", "v1.example",
                  json(R"({"spec": {"service": {"namespace": "shop", "name": "backend"}}})"));
  }
  void add_slice(const char* endpoints) {
    Json slice = object("discovery.k8s.io/v1", "EndpointSlice", "shop", "backend-1",
                        json(R"({"metadata": {"labels":
                            {"kubernetes.io/service-name": "backend"}}})"));
    slice["endpoints"] = json(endpoints);
    cluster.seed(slice);
  }
};

TEST_F(Backend, IsWaitedForBeforeItsApiIsMade) {
  const Outcome outcome = act(api_service());

  EXPECT_EQ(outcome.reason, Reason::backend_missing);
  EXPECT_EQ(outcome.message, "Service shop/backend has no ready endpoint");
  EXPECT_EQ(outcome.put_off, PutOff::until_later);
  EXPECT_FALSE(live(api_service()).has_value());
}

TEST_F(Backend, ThatIsNotReadyIsNone) {
  add_slice(R"([{"addresses": ["192.0.2.1"], "conditions": {"ready": false}}])");

  EXPECT_EQ(act(api_service()).reason, Reason::backend_missing);
}

TEST_F(Backend, IsReadyUnlessItSaysOtherwise) {
  add_slice(R"([{"addresses": ["192.0.2.1"]}])");

  EXPECT_EQ(act(api_service()).reason, Reason::created);
}

TEST_F(Backend, IsNotAskedForWhenTheApiIsThereOrHasNone) {
  cluster.seed(api_service());
  EXPECT_EQ(act(api_service()).reason, Reason::exists);

  const Json local = object("apiregistration.k8s.io/v1", "APIService", "", "v1.local");
  EXPECT_EQ(act(local).reason, Reason::created);
}

}  // namespace
}  // namespace salvor::restore
