#include "restore/quota_charges.h"

#include <gtest/gtest.h>

#include "restore/testing/actor_fixture.h"

namespace salvor::restore {
namespace {

using std::chrono::seconds;
using testing::json;
using testing::object;
using testing::refused;

const Json kMap = object("v1", "ConfigMap", "shop", "settings", json(R"({"data": {"a": "b"}})"));
constexpr const char* kRefusal =
    "configmaps \"settings\" is forbidden: exceeded quota: objects, requested: "
    "count/configmaps=1,other=1, used: count/configmaps=3,other=0, limited: count/configmaps=3";

Json quota(const std::string& used) {
  Json made = object("v1", "ResourceQuota", "shop", "objects");
  made["status"] = {{"hard", {{"count/configmaps", "3"}}}, {"used", {{"count/configmaps", used}}}};
  return made;
}

struct QuotaChargesTest : testing::ActorFixture {
  // Beside the one that each namespace has.
  void seed_maps(int count) {
    for (int i = 0; i < count; ++i)
      cluster.seed(object("v1", "ConfigMap", "shop", "there-" + std::to_string(i)));
  }
  Result<std::optional<std::string>> overcount(const std::string& refusal) {
    return charges.overcount(context, step, refusal);
  }
  const Step step = step_of(kMap);
  QuotaCharges charges{cluster, {}};
};

TEST_F(QuotaChargesTest, AreTooManyWhenLessIsThere) {
  cluster.seed(quota("3"));
  seed_maps(1);

  const auto surplus = overcount(kRefusal);

  ASSERT_TRUE(surplus.ok() && *surplus);
  EXPECT_EQ(**surplus,
            "quota objects counts more of count/configmaps than is there, from creates that came "
            "to nothing, and is waited for until it is counted anew");
}

TEST_F(QuotaChargesTest, AreRightWhenAllIsThere) {
  cluster.seed(quota("3"));
  seed_maps(2);

  EXPECT_EQ(*overcount(kRefusal), std::nullopt);
}

TEST_F(QuotaChargesTest, AreCountedOnceForManyRefusals) {
  cluster.seed(quota("3"));
  seed_maps(2);
  EXPECT_TRUE(overcount(kRefusal).ok());
  const std::size_t before = cluster.request_count();

  EXPECT_TRUE(overcount(kRefusal).ok());
  EXPECT_EQ(cluster.request_count(), before);
  EXPECT_TRUE(context.wait(seconds(2)).ok());
  EXPECT_TRUE(overcount(kRefusal).ok());
  EXPECT_EQ(cluster.request_count(), before + 2);
}

TEST_F(QuotaChargesTest, AreNotJudgedByAnotherText) {
  for (const char* text :
       {"", "exceeded quota: objects", "exceeded quota: , requested: , used: ",
        "exceeded quota: objects, requested: ===,,=, used: x", "exceeded quota: q, requested: a"}) {
    const auto surplus = overcount(text);
    EXPECT_TRUE(!surplus.ok() || !*surplus) << text;
  }
}

TEST_F(QuotaChargesTest, LeaveAPodThatHasEndedOut) {
  Json counted = quota("0");
  counted["status"]["used"] = {{"pods", "1"}};
  cluster.seed(counted);
  const Json pod = object("v1", "Pod", "shop", "done", json(R"({"status": {"phase": "Failed"}})"));
  cluster.seed(pod);

  EXPECT_NE(*charges.overcount(context, step_of(pod),
                               "exceeded quota: objects, requested: pods=1, used: pods=1, limited"),
            std::nullopt);
}

// ---- what an actor makes of it

TEST_F(QuotaChargesTest, ThatAreTooManyAreWaitedFor) {
  cluster.seed(quota("3"));
  seed_maps(1);
  cluster.on_request(
      [this, start = clock.steady()](const kube::FakeRequest& request) -> Result<void> {
        const bool is_early = clock.steady() - start < seconds(290);
        if (request.verb == kube::Verb::create && is_early) return refused(403, kRefusal);
        return {};
      });

  EXPECT_EQ(in_the_end(kMap).reason, Reason::created);
}

TEST_F(QuotaChargesTest, ThatAreRightAreNotWaitedFor) {
  cluster.seed(quota("3"));
  seed_maps(2);
  refuse(kube::Verb::create, refused(403, kRefusal), 1000);
  const Duration before = clock.elapsed();

  EXPECT_EQ(in_the_end(kMap).reason, Reason::quota_exceeded);
  EXPECT_LT(clock.elapsed() - before, seconds(5));
}

TEST_F(QuotaChargesTest, AreNotMadeForWhatIsThere) {
  cluster.seed(quota("0"));
  cluster.seed(kMap);
  actor.look_at_quotas(context);
  refuse(kube::Verb::create, refused(500, "a create is charged"), 1000);

  EXPECT_EQ(act(kMap).reason, Reason::exists);
}

TEST_F(QuotaChargesTest, AreNotMadeForAPortThatIsTaken) {
  const auto service = [](const std::string& name) {
    return object("v1", "Service", "shop", name, json(R"({"spec":
        {"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]}})"));
  };
  cluster.seed(service("theirs"));
  EXPECT_EQ(act(object("v1", "ResourceQuota", "shop", "ours")).reason, Reason::created);

  const Outcome outcome = act(service("ours"));

  EXPECT_EQ(outcome.reason, Reason::created);
  EXPECT_EQ(outcome.attempts, 1U);
  EXPECT_EQ(outcome.message, "got new ports: the old ones are taken in the target");
}

}  // namespace
}  // namespace salvor::restore
