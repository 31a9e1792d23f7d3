#include "restore/job.h"

#include <gtest/gtest.h>

#include <atomic>

#include "archive/writer.h"
#include "jobs/engine.h"
#include "restore/testing/bench.h"
#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::Bench;
using testing::json;
using testing::Life;
using testing::object;
using volume::testing::FakeCopies;

std::vector<Json> shop() {
  return {object("v1", "Namespace", "", "shop"),
          object("v1", "Secret", "shop", "password", json(R"({"data": {"p": "c2VjcmV0"}})")),
          object("v1", "ConfigMap", "shop", "settings"),
          object("v1", "ConfigMap", "shop", "kube-root-ca.crt"),
          object("batch/v1", "CronJob", "shop", "nightly", json(R"({"spec": {}})")),
          object("v1", "Service", "shop", "web", json(R"({"spec": {"ports": [{"port": 80}]}})"))};
}

class RestoreJob : public ::testing::Test {
 protected:
  Json schedule(const std::string& home = "shop") {
    return cluster.peek("cronjobs.batch", {home, "nightly"}).value_or(Json());
  }
  std::string states(const std::string& job) {
    std::string text;
    for (const Json& row : bench.rows(job)) {
      text +=
          (text.empty() ? "" : " ") + text_at(row, "source_name") + ":" + text_at(row, "reason");
    }
    return text;
  }
  // Stops the run at the first request of that verb for that kind.
  Bench::Process stopping_at(kube::Verb verb, const std::string& kind, jobs::StopReason reason) {
    Bench::Process process;
    process.in_flight = 1;
    process.before = [=, this](jobs::LeaseRun& run) {
      cluster.on_request([=, &run](const kube::FakeRequest& request) -> Result<void> {
        if (request.verb == verb && request.group_resource == kind) run.stop(reason);
        return {};
      });
    };
    return process;
  }

  Bench bench;
  kube::FakeCluster cluster{bench.clock};
};

TEST_F(RestoreJob, RestoresAWholeRecoveryPoint) {
  const std::string job = bench.add(shop());

  bench.run(job, cluster);

  const Json ended = bench.job(job);
  EXPECT_EQ(ended["state"], "COMPLETED");
  EXPECT_EQ(ended["message"], "restored 5 objects, 1 skipped");
  EXPECT_EQ(ended["num_total_resources"], 6);
  EXPECT_EQ(ended["num_restored_resources"], 5);
  EXPECT_EQ(ended["num_errors"], 0);
  EXPECT_EQ(states(job),
            "shop:CREATED password:CREATED settings:CREATED kube-root-ca.crt:CLUSTER_PUBLISHED "
            "web:CREATED nightly:CREATED");
  EXPECT_EQ(schedule()["spec"]["suspend"], false);
  EXPECT_EQ(ended["activity"], json(R"(["Initiating restore process", "Planning",
      "Restoring 6 items", "restored 5 objects, 1 skipped"])"));
}

TEST_F(RestoreJob, RestoresTheCopyInAVersionThatTheTargetServes) {
  cluster.seed(testing::definition("example.com", "Widget", {"v1"}));
  cluster.settle();
  const Json owner =
      object("example.com/v1", "Widget", "shop", "w", json(R"({"spec": {"old": true}})"));
  Json newer = owner;
  newer["apiVersion"] = "example.com/v2";
  newer["spec"] = {{"old", false}};
  const std::string job =
      bench.add({object("v1", "Namespace", "", "shop"), newer, owner,
                 testing::owned_by(object("v1", "ConfigMap", "shop", "settings"), newer)});

  bench.run(job, cluster);

  const Json widget = cluster.peek("widgets.example.com", {"shop", "w"}).value();
  const Json settings = cluster.peek("configmaps", {"shop", "settings"}).value();
  EXPECT_EQ(bench.job(job)["message"], "restored 3 objects");
  EXPECT_EQ(widget["spec"], json(R"({"old": true})"));
  EXPECT_EQ(settings["metadata"]["ownerReferences"][0]["apiVersion"], "example.com/v1");
  EXPECT_EQ(settings["metadata"]["ownerReferences"][0]["uid"], widget["metadata"]["uid"]);
}

// Of a copy: its objects are in the repository of its volumes.
class RestoreOfACopy : public RestoreJob {
 protected:
  std::string add_copy() {
    point_ = bench.add_point(shop());
    bench.move_to_repository(point_);
    return bench.add_job(bench.add_restore(point_));
  }
  FakeCopies::Files& files() { return bench.copies.snapshots.begin()->second.files; }

  std::string point_;
};

TEST_F(RestoreOfACopy, BringsBackTheSameAsFromATarball) {
  const std::string job = add_copy();
  bench.run(job, cluster);
  EXPECT_EQ(bench.job(job)["state"], "COMPLETED") << bench.job(job)["message"];

  kube::FakeCluster other{bench.clock};
  const std::string same = bench.add(shop());
  bench.run(same, other);

  EXPECT_EQ(bench.job(job)["message"], bench.job(same)["message"]);
  EXPECT_EQ(cluster.peek("secrets", {"shop", "password"})->at("data"),
            other.peek("secrets", {"shop", "password"})->at("data"));
}

TEST_F(RestoreOfACopy, ChangesNothingWhenObjectsAreMissingOrDamaged) {
  const std::string job = add_copy();
  const FakeCopies::Files whole = files();
  for (const auto& [path, content] : whole) {
    if (!path.starts_with("resources/") || path.find("-preferredversion/") != std::string::npos)
      continue;
    for (const bool is_missing : {false, true}) {
      files() = whole;
      if (is_missing) files().erase(path);
      if (!is_missing) files()[path] = "rubbish";
      const std::string again = bench.add_job(bench.add_restore(point_));
      bench.run(again, cluster);
      EXPECT_EQ(bench.job(again)["state"], "FAILED") << path;
    }
  }
  EXPECT_FALSE(cluster.peek("namespaces", {"", "shop"}).has_value());
}

TEST_F(RestoreOfACopy, FailsWhenItsSnapshotIsGone) {
  const std::string job = add_copy();
  bench.copies.snapshots.clear();

  bench.run(job, cluster);

  EXPECT_EQ(bench.job(job)["state"], "FAILED");
  EXPECT_NE(text_at(bench.job(job), "message").find("there is no such snapshot"),
            std::string::npos);
}

TEST_F(RestoreJob, IsPartialWhenTheTargetDroppedFields) {
  cluster.warn_of("services", {R"(unknown field "spec.new")"});
  const std::string job = bench.add(shop());

  bench.run(job, cluster);

  EXPECT_EQ(bench.job(job)["state"], "PARTIAL");
  EXPECT_EQ(bench.job(job)["num_errors"], 1);
  EXPECT_EQ(bench.job(job)["message"], "restored 4 objects, 1 skipped, 1 not whole");
  EXPECT_EQ(bench.rows(job)[4]["state"], "PARTIAL");
}

TEST_F(RestoreJob, RestoresIntoMappedNamespaces) {
  const std::string job = bench.add(shop(), json(R"({"namespaces_suffix": "-2"})"));

  bench.run(job, cluster);

  EXPECT_TRUE(cluster.peek("secrets", {"shop-2", "password"}).has_value());
  EXPECT_FALSE(cluster.peek("namespaces", {"", "shop"}).has_value());
}

TEST_F(RestoreJob, SaysWhenItWasThereAlready) {
  bench.run(bench.add(shop()), cluster);
  const std::string again = bench.add(shop());

  bench.run(again, cluster);

  EXPECT_EQ(bench.job(again)["state"], "COMPLETED");
  EXPECT_EQ(bench.job(again)["message"],
            "restored 0 objects, 5 were there and left alone, 1 skipped");
}

TEST_F(RestoreJob, IsPartialWhenSomethingFailed) {
  cluster.on_request([](const kube::FakeRequest& request) -> Result<void> {
    if (request.verb != kube::Verb::create || request.group_resource != "secrets") return {};
    return error(ErrorCode::denied, "secrets is forbidden").with("http_status", "403");
  });
  const std::string job = bench.add(shop());

  bench.run(job, cluster);

  EXPECT_EQ(bench.job(job)["state"], "PARTIAL");
  EXPECT_EQ(bench.job(job)["num_errors"], 1);
  EXPECT_EQ(bench.row(job, "Secret", "password")["state"], "FAILED");
}

TEST_F(RestoreJob, IsSkippedWhenNothingMatches) {
  const std::string job = bench.add(shop(), json(R"({"selection": {"namespaces": ["nowhere"]}})"));

  bench.run(job, cluster);

  EXPECT_EQ(bench.job(job)["state"], "SKIPPED");
  EXPECT_TRUE(bench.rows(job).empty());
}

TEST_F(RestoreJob, FailsBeforeItChangesAnything) {
  const std::string job = bench.add(shop(), json(R"({"storage_class_map": {"slow": "nowhere"}})"));

  bench.run(job, cluster);

  EXPECT_EQ(bench.job(job)["state"], "FAILED");
  EXPECT_NE(bench.job(job)["message"].get<std::string>().find("create the storage class"),
            std::string::npos);
  EXPECT_FALSE(cluster.peek("namespaces", {"", "shop"}).has_value());
}

TEST_F(RestoreJob, FailsOnARecoveryPointThatIsNotReady) {
  const std::string point = bench.add_point(shop());
  ASSERT_TRUE(bench.catalog
                  ->commit(bench.context, {{catalog::Edit{"backupinstances",
                                                          point,
                                                          {},
                                                          {},
                                                          [](const Json& stored) -> Result<Json> {
                                                            Json body = stored;
                                                            body["state"] = "DELETING";
                                                            body.erase("archive");
                                                            return body;
                                                          }}}})
                  .ok());
  const std::string job = bench.add_job(bench.add_restore(point));

  bench.run(job, cluster);

  EXPECT_EQ(bench.job(job)["state"], "FAILED");
  EXPECT_EQ(bench.job(job)["message"],
            "recovery point point-1 is not READY (choose one whose state is READY)");
}

TEST_F(RestoreJob, FailsOnAnArchiveThatIsGone) {
  const std::string job = bench.add(shop());
  ASSERT_TRUE(archive::remove_backup(bench.context, *bench.store, "point-1").ok());

  bench.run(job, cluster);

  EXPECT_EQ(bench.job(job)["state"], "FAILED");
  EXPECT_FALSE(cluster.peek("namespaces", {"", "shop"}).has_value());
}

// ---- stops, deaths and what comes after

TEST_F(RestoreJob, CancelledReportsEveryItemAndLeavesNoFence) {
  std::vector<Json> objects = shop();
  objects.push_back(object("batch/v1", "CronJob", "shop", "weekly", json(R"({"spec": {}})")));
  const std::string job = bench.add(objects);

  bench.run(job, cluster,
            stopping_at(kube::Verb::create, "cronjobs.batch", jobs::StopReason::cancelled));

  EXPECT_EQ(bench.job(job)["state"], "CANCELED");
  for (const Json& row : bench.rows(job)) EXPECT_NE(row["state"], "PENDING");
  EXPECT_EQ(bench.row(job, "CronJob", "nightly")["reason"], "CREATED");
  EXPECT_EQ(bench.row(job, "CronJob", "weekly")["reason"], "CANCELLED");
  EXPECT_EQ(schedule()["spec"]["suspend"], false);
}

TEST_F(RestoreJob, CancelledEarlySaysWhatWasNotBegun) {
  const std::string job = bench.add(shop());

  bench.run(job, cluster, stopping_at(kube::Verb::create, "secrets", jobs::StopReason::cancelled));

  EXPECT_EQ(bench.job(job)["state"], "CANCELED");
  EXPECT_EQ(bench.row(job, "Namespace", "shop")["reason"], "CREATED");
  EXPECT_EQ(bench.row(job, "Service", "web")["reason"], "CANCELLED");
  EXPECT_NE(bench.job(job)["message"].get<std::string>().find("not begun"), std::string::npos);
}

TEST_F(RestoreJob, CancelledBeforeItsPlanHasNothingToReport) {
  const std::string job = bench.add(shop());
  bench.set_job(job, {{"state", "CANCELLING"}});

  bench.run(job, cluster);

  EXPECT_EQ(bench.job(job)["state"], "CANCELED");
  EXPECT_TRUE(bench.rows(job).empty());
}

TEST_F(RestoreJob, DrainedGoesOnLaterToTheSameEnd) {
  const std::string job = bench.add(shop());
  bench.run(job, cluster, stopping_at(kube::Verb::create, "services", jobs::StopReason::drained));
  EXPECT_EQ(bench.job(job)["state"], "RUNNING");
  cluster.on_request(nullptr);

  bench.run(job, cluster);

  EXPECT_EQ(bench.job(job)["state"], "COMPLETED");
  EXPECT_EQ(bench.job(job)["message"], "restored 5 objects, 1 skipped");
  EXPECT_EQ(schedule()["spec"]["suspend"], false);
}

// At each request or write, one after the other, the process dies and another goes on.
TEST_F(RestoreJob, GoesOnAfterADeathAnywhere) {
  Life whole;
  kube::FakeCluster undisturbed(bench.clock);
  Bench::Process process;
  process.life = &whole;
  bench.run(bench.add(shop()), undisturbed, process);
  ASSERT_GT(whole.events(), 20U);

  for (std::size_t last = 0; last < whole.events(); ++last) {
    kube::FakeCluster target(bench.clock);
    const std::string job = bench.add(shop());
    Life life(last);
    process.life = &life;
    bench.run(job, target, process);
    ASSERT_TRUE(life.is_dead());

    bench.run(job, target);

    EXPECT_EQ(bench.job(job)["state"], "COMPLETED") << "death at event " << last;
    EXPECT_EQ(bench.job(job)["message"], "restored 5 objects, 1 skipped") << last;
    EXPECT_EQ(target.everything().size(), undisturbed.everything().size()) << last;
    EXPECT_EQ(target.peek("cronjobs.batch", {"shop", "nightly"})->at("spec").at("suspend"), false);
  }
}

// The same, but somebody cancels the job while nobody works on it.
TEST_F(RestoreJob, CancelledAfterADeathReportsAndLeavesNoFence) {
  Life whole;
  Bench::Process process;
  process.life = &whole;
  bench.run(bench.add(shop()), cluster, process);

  for (std::size_t last = 0; last < whole.events(); ++last) {
    kube::FakeCluster target(bench.clock);
    const std::string job = bench.add(shop());
    Life life(last);
    process.life = &life;
    bench.run(job, target, process);
    bench.set_job(job, {{"state", "CANCELLING"}});

    bench.run(job, target);

    const std::string state = bench.job(job)["state"];
    EXPECT_TRUE(state == "CANCELED" || state == "COMPLETED") << state << " at event " << last;
    for (const Json& row : bench.rows(job)) {
      EXPECT_NE(row["state"], "PENDING") << last;
      const bool is_there = target
                                .peek(row["resource"].get<std::string>() +
                                          (row["group"] == "" ? "" : "." + text_at(row, "group")),
                                      {row["namespace"], row["name"]})
                                .has_value();
      if (row["state"] != "SKIPPED") {
        EXPECT_EQ(row["state"] == "DONE", is_there) << row << last;
      }
    }
    const auto left = target.peek("cronjobs.batch", {"shop", "nightly"});
    EXPECT_TRUE(!left || left->at("spec").at("suspend") == false) << last;
  }
}

TEST_F(RestoreJob, ThatCannotGoOnStillLiftsItsFencesAndReports) {
  const std::string job = bench.add(shop());
  bench.run(job, cluster,
            stopping_at(kube::Verb::create, "cronjobs.batch", jobs::StopReason::drained));
  ASSERT_EQ(schedule()["spec"]["suspend"], true);
  cluster.on_request(nullptr);
  ASSERT_TRUE(archive::remove_backup(bench.context, *bench.store, "point-1").ok());

  bench.run(job, cluster);

  EXPECT_EQ(schedule()["spec"]["suspend"], false);
  for (const Json& row : bench.rows(job)) EXPECT_NE(row["state"], "PENDING");
}

TEST_F(RestoreJob, DoesTheSameAfterItsDefinitionChanged) {
  const std::string point = bench.add_point(shop());
  const std::string restore = bench.add_restore(point, json(R"({"namespaces_suffix": "-2"})"));
  const std::string job = bench.add_job(restore);
  bench.run(job, cluster, stopping_at(kube::Verb::create, "services", jobs::StopReason::drained));
  cluster.on_request(nullptr);
  ASSERT_TRUE(
      bench.catalog->commit(bench.context, {{catalog::Remove{"kuberestores", restore}}}).ok());

  bench.run(job, cluster);

  EXPECT_EQ(bench.job(job)["state"], "COMPLETED");
  EXPECT_TRUE(cluster.peek("services", {"shop-2", "web"}).has_value());
}

// The target's own default of the first run is one that this restore made.
TEST_F(RestoreJob, TreatsDefaultsAsItDidBeforeADeath) {
  const Json marked = json(
      R"({"metadata": {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}})");
  const std::vector<Json> classes = {object("storage.k8s.io/v1", "StorageClass", "", "a", marked),
                                     object("storage.k8s.io/v1", "StorageClass", "", "b", marked)};
  for (std::size_t last = 0; last < 40; ++last) {
    kube::FakeCluster target(bench.clock);
    const std::string job = bench.add(classes);
    Life life(last);
    Bench::Process process;
    process.life = &life;
    bench.run(job, target, process);
    if (life.is_dead()) bench.run(job, target);

    for (const char* name : {"a", "b"}) {
      EXPECT_FALSE(member(target.peek("storageclasses.storage.k8s.io", {"", name})->at("metadata"),
                          "annotations")
                       .empty())
          << name << " after a death at " << last;
    }
  }
}

// ---- with threads and a real engine

TEST(RestoreJobInAnEngine, RunsToItsEnd) {
  Bench bench;
  kube::FakeCluster cluster(system_clock());
  const std::string job = bench.add(shop());
  Ports ports{*bench.catalog,  *bench.store, bench.sealer, {}, bench.folder.file("."), 4, {},
              make_pool_runner};
  Life life;
  ports.connect = [&](Context&, const Json&) -> Result<std::unique_ptr<kube::Api>> {
    return std::unique_ptr<kube::Api>(std::make_unique<testing::MortalApi>(cluster, life));
  };
  std::atomic<bool> is_over = false;
  jobs::JobKind kind = restore_kind(ports);
  const auto restore = kind.run;
  kind.run = [&](jobs::JobRun& run) {
    jobs::JobEnd end = restore(run);
    is_over = true;
    is_over.notify_all();
    return end;
  };

  const auto engine =
      jobs::Engine::start(*bench.catalog, background(), {.holder = "me"}, {std::move(kind)});
  is_over.wait(false);
  engine->drain();

  // Drained at the very end, the job's end may be left to the next start.
  const std::string state = bench.job(job)["state"];
  EXPECT_TRUE(state == "COMPLETED" || state == "RUNNING") << state;
  EXPECT_TRUE(cluster.peek("secrets", {"shop", "password"}).has_value());
}

}  // namespace
}  // namespace salvor::restore
