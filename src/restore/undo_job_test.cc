#include "restore/undo_job.h"

#include <gtest/gtest.h>

#include "kube/status.h"
#include "restore/journal.h"
#include "restore/testing/bench.h"
#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::Bench;
using testing::json;
using testing::Life;
using testing::object;

Json settings(const std::string& value) {
  return object("v1", "ConfigMap", "shop", "settings", {{"data", {{"a", value}}}});
}

class UndoJob : public ::testing::Test {
 protected:
  // Restores the objects and takes that back; the undo's job.
  std::string restore(const std::vector<Json>& objects, const Json& fields = Json::object()) {
    restored_ = bench.add(objects, fields);
    bench.run(restored_, cluster);
    return restored_;
  }
  std::string undo() {
    const std::string job = bench.add_undo(restored_);
    bench.run(job, cluster);
    return job;
  }
  std::string states(const std::string& job) {
    std::string text;
    for (const Json& row : bench.rows(job))
      text += (text.empty() ? "" : " ") + text_at(row, "name") + ":" + text_at(row, "reason");
    return text;
  }
  // Somebody else's write.
  void change(const std::string& kinds, const kube::ObjectKey& key, const Json& patch) {
    Context context = bench.context;
    const auto discovery = cluster.discover(context);
    const kube::ResourceType* type = discovery->find("", kinds);
    ASSERT_TRUE(cluster
                    .patch(context, *type, key, kube::PatchKind::merge, patch,
                           {.field_manager = "kubectl-edit"})
                    .ok());
  }
  void remove(const kube::ObjectKey& key) {
    Context context = bench.context;
    const auto discovery = cluster.discover(context);
    ASSERT_TRUE(cluster.remove(context, *discovery->find("", "configmaps"), key, {}).ok());
  }
  std::optional<Json> live(const std::string& kinds, const std::string& name) const {
    return cluster.peek(kinds, {"shop", name});
  }

  Bench bench;
  kube::FakeCluster cluster{bench.clock};
  std::string restored_;
};

TEST_F(UndoJob, LeavesNothingOfWhatTheRestoreMade) {
  restore({object("v1", "Namespace", "", "shop"), settings("1"),
           object("v1", "Service", "shop", "web", json(R"({"spec": {"ports": [{"port": 80}]}})")),
           object("batch/v1", "CronJob", "shop", "nightly", json(R"({"spec": {}})"))});

  const std::string job = undo();
  cluster.settle();

  EXPECT_EQ(bench.job(job)["state"], "COMPLETED") << states(job);
  EXPECT_EQ(states(job), "nightly:REMOVED web:REMOVED settings:REMOVED shop:REMOVED");
  EXPECT_FALSE(cluster.peek("namespaces", {"", "shop"}));
  EXPECT_EQ(bench.job(job)["message"], "took back 4 items");
}

TEST_F(UndoJob, PutsBackWhatWasChanged) {
  cluster.seed(object("v1", "Namespace", "", "shop"));
  cluster.seed(settings("mine"));
  cluster.settle();
  restore({settings("backup")}, {{"existing_policy", "replace"}});
  ASSERT_EQ(live("configmaps", "settings")->at("data").at("a"), "backup");

  const std::string job = undo();

  EXPECT_EQ(states(job), "settings:PUT_BACK");
  EXPECT_EQ(live("configmaps", "settings")->at("data").at("a"), "mine");
}

TEST_F(UndoJob, PutsBackWhatWasMadeAnew) {
  cluster.seed(object("v1", "Namespace", "", "shop"));
  const Json fixed = {{"immutable", true}};
  Json mine = settings("mine");
  mine.update(fixed);
  cluster.seed(mine);
  cluster.settle();
  restore({settings("backup")}, {{"existing_policy", "recreate"}});
  ASSERT_EQ(live("configmaps", "settings")->at("data").at("a"), "backup");

  const std::string job = undo();

  EXPECT_EQ(states(job), "settings:REMOVED settings:PUT_BACK");
  EXPECT_EQ(live("configmaps", "settings")->at("data").at("a"), "mine");
}

TEST_F(UndoJob, LooksAgainWhenAnswersAreLost) {
  cluster.seed(object("v1", "Namespace", "", "shop"));
  cluster.seed(settings("mine"));
  Json fixed = object("v1", "Secret", "shop", "fixed", json(R"({"type": "mine"})"));
  cluster.seed(fixed);
  cluster.settle();
  fixed["type"] = "backup";
  restore({settings("backup"), fixed, object("v1", "ConfigMap", "shop", "new")},
          {{"existing_policy", "recreate"}});
  for (const kube::Verb verb : {kube::Verb::remove, kube::Verb::patch, kube::Verb::create})
    cluster.fault({.verb = verb}, kube::FaultKind::dropped_after_write, 1);

  const std::string job = undo();

  EXPECT_EQ(bench.job(job)["state"], "COMPLETED") << states(job);
  EXPECT_TRUE(cluster.unfired_faults().empty());
  EXPECT_FALSE(live("configmaps", "new"));
  EXPECT_EQ(live("configmaps", "settings")->at("data").at("a"), "mine");
  EXPECT_EQ(live("secrets", "fixed")->at("type"), "mine");
}

TEST_F(UndoJob, LeavesAloneWhatSomebodyChangedSince) {
  restore({object("v1", "Namespace", "", "shop"), settings("1"),
           object("v1", "Secret", "shop", "password", json(R"({"data": {"p": "c2VjcmV0"}})"))});
  change("secrets", {"shop", "password"}, json(R"({"data": {"p": "bXVjaA=="}})"));

  const std::string job = undo();

  EXPECT_EQ(bench.job(job)["state"], "PARTIAL");
  EXPECT_EQ(states(job), "password:CHANGED_SINCE settings:REMOVED shop:STILL_USED");
  EXPECT_TRUE(live("secrets", "password"));
  EXPECT_EQ(bench.rows(job)[0]["message"], "changed since the restore: /data/p");
}

TEST_F(UndoJob, LeavesANamespaceInWhichOthersHaveSomething) {
  restore({object("v1", "Namespace", "", "shop"), settings("1")});
  cluster.seed(object("v1", "ConfigMap", "shop", "notes"));

  const std::string job = undo();

  EXPECT_EQ(states(job), "settings:REMOVED shop:STILL_USED");
  EXPECT_EQ(bench.rows(job)[1]["message"], "still holds ConfigMap notes");
  EXPECT_TRUE(live("configmaps", "notes"));
}

TEST_F(UndoJob, LeavesAloneWhatSomebodyChangedAfterAChange) {
  cluster.seed(object("v1", "Namespace", "", "shop"));
  cluster.seed(settings("mine"));
  cluster.settle();
  restore({settings("backup")}, {{"existing_policy", "replace"}});
  change("configmaps", {"shop", "settings"}, json(R"({"data": {"a": "later"}})"));

  const std::string job = undo();

  EXPECT_EQ(states(job), "settings:CHANGED_SINCE");
  EXPECT_EQ(live("configmaps", "settings")->at("data").at("a"), "later");
}

TEST_F(UndoJob, SaysWhatIsGoneAlready) {
  restore({object("v1", "Namespace", "", "shop"), settings("1")});
  remove({"shop", "settings"});

  EXPECT_EQ(states(undo()), "settings:GONE shop:REMOVED");
}

TEST_F(UndoJob, HasNothingToDoTheSecondTime) {
  restore({object("v1", "Namespace", "", "shop"), settings("1")});
  undo();
  cluster.settle();

  const std::string job = undo();

  EXPECT_EQ(states(job), "settings:GONE shop:GONE");
  EXPECT_EQ(bench.job(job)["state"], "COMPLETED");
}

TEST_F(UndoJob, IsSkippedWhenTheRunChangedNothing) {
  cluster.seed(object("v1", "Namespace", "", "shop"));
  cluster.seed(settings("mine"));
  cluster.settle();
  restore({settings("backup")});

  EXPECT_EQ(bench.job(undo())["state"], "SKIPPED");
}

TEST_F(UndoJob, KeepsNoSecretInTheClear) {
  cluster.seed(object("v1", "Namespace", "", "shop"));
  cluster.seed(object("v1", "Secret", "shop", "password", json(R"({"data": {"p": "bWluZQ=="}})")));
  cluster.settle();
  restore({object("v1", "Secret", "shop", "password", json(R"({"data": {"p": "YmFja3Vw"}})"))},
          {{"existing_policy", "replace"}});

  const catalog::Page page = bench.catalog->find(bench.context, kJournal, {.limit = 10}).value();

  ASSERT_EQ(page.documents.size(), 1U);
  EXPECT_EQ(page.documents[0].text.find("bWluZQ"), std::string::npos);
  EXPECT_EQ(states(undo()), "password:PUT_BACK");
  EXPECT_EQ(live("secrets", "password")->at("data").at("p"), "bWluZQ==");
}

TEST_F(UndoJob, GoesOnAfterADeathAnywhere) {
  Json mine = settings("mine");
  mine["immutable"] = true;
  for (std::size_t last = 0; last < 60; ++last) {
    kube::FakeCluster target(bench.clock);
    target.seed(object("v1", "Namespace", "", "shop"));
    target.seed(mine);
    target.seed(object("v1", "Secret", "shop", "password", json(R"({"data": {"p": "bWluZQ=="}})")));
    target.settle();
    const std::string done = bench.add(
        {settings("backup"), object("v1", "ConfigMap", "shop", "new"),
         object("v1", "Secret", "shop", "password", json(R"({"data": {"p": "YmFja3Vw"}})"))},
        {{"existing_policy", "recreate"}});
    bench.run(done, target);
    const std::string job = bench.add_undo(done);
    Life life(last);
    Bench::Process process;
    process.life = &life;
    bench.run(job, target, process);
    if (life.is_dead()) bench.run(job, target);

    const std::string story = "death at " + std::to_string(last);
    EXPECT_EQ(bench.job(job)["state"], "COMPLETED") << story << " " << states(job);
    EXPECT_EQ(target.peek("configmaps", {"shop", "settings"})->at("data").at("a"), "mine") << story;
    EXPECT_EQ(target.peek("secrets", {"shop", "password"})->at("data").at("p"), "bWluZQ==");
    EXPECT_FALSE(target.peek("configmaps", {"shop", "new"})) << story;
  }
}

// A restore that died after it deleted what it was to make anew: the next run still knows the old
// object, and puts it back when the new one is refused.
TEST_F(UndoJob, AKilledRecreationIsPutBackWhenTheNewOneIsRefused) {
  Json mine = settings("mine");
  mine["immutable"] = true;
  bool was_deleted = false;
  for (std::size_t last = 0; last < 60; ++last) {
    kube::FakeCluster target(bench.clock);
    target.seed(object("v1", "Namespace", "", "shop"));
    target.seed(mine);
    target.settle();
    const std::string job = bench.add({settings("backup")}, {{"existing_policy", "recreate"}});
    Life life(last);
    Bench::Process process;
    process.life = &life;
    bench.run(job, target, process);
    if (!life.is_dead() || target.peek("configmaps", {"shop", "settings"})) continue;
    was_deleted = true;
    target.on_request([left = 1](const kube::FakeRequest& request) mutable -> Result<void> {
      const bool is_new = request.verb == kube::Verb::create &&
                          request.group_resource == "configmaps" && left-- > 0;
      if (!is_new) return {};
      return kube::to_error({.code = 422, .message = "ConfigMap is invalid"}, kube::Access::write);
    });
    bench.run(job, target);

    ASSERT_TRUE(target.peek("configmaps", {"shop", "settings"})) << "death at " << last;
    EXPECT_EQ(target.peek("configmaps", {"shop", "settings"})->at("data").at("a"), "mine");
  }
  EXPECT_TRUE(was_deleted);
}

}  // namespace
}  // namespace salvor::restore
