#include "proof/drill_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "archive/layout.h"
#include "archive/writer.h"
#include "backup/leftovers.h"
#include "base/base64.h"
#include "objectstore/testing/whole.h"
#include "proof/testing/drill_world.h"
#include "volume/sandbox.h"

namespace salvor::proof {
namespace {

using objectstore::testing::get_all;
using objectstore::testing::put_all;
using restore::testing::definition;
using restore::testing::json;
using restore::testing::Life;
using restore::testing::object;
using ::testing::Contains;
using testing::data_of_claim;
using testing::DrillWorld;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::shop;
using ::testing::UnorderedElementsAre;

class DrillJobTest : public ::testing::Test {
 protected:
  std::string sandbox(const std::string& job, const std::string& name = "shop") {
    return volume::sandbox_name(job, name);
  }
  // What stands in a sandbox when the job has it all, as it was just before it is removed.
  std::optional<Json> at_removal(const std::string& group_resource, const std::string& name) {
    const auto found = seen_.find(group_resource + " " + name);
    return found == seen_.end() ? std::nullopt : std::optional<Json>(found->second);
  }
  // Keeps what the sandbox of a job holds when its removal begins.
  void watch(const std::string& job) {
    world.on_request = [this,
                        home = sandbox(job)](const kube::FakeRequest& request) -> Result<void> {
      const bool begins = request.verb == kube::Verb::remove &&
                          request.group_resource == "namespaces" && request.key.name == home;
      if (!begins) return {};
      for (const Json& each : world.cluster.everything()) {
        if (text_at(each["metadata"], "namespace") != home) continue;
        seen_[restore::testing::name_of(each).group_resource + " " +
              text_at(each["metadata"], "name")] = each;
      }
      return {};
    };
  }

  DrillWorld world;

 private:
  std::map<std::string, Json> seen_;
};

TEST_F(DrillJobTest, AGoodRecoveryPointPassesAndNothingStays) {
  const std::string point = world.add_shop();
  const auto before = world.everything();
  const std::string job = world.add_job(point);

  const jobs::JobEnd end = world.run(job);

  EXPECT_EQ(end.outcome, jobs::Outcome::completed) << end.message;
  const Json told = world.told(point);
  EXPECT_EQ(told["state"], "PASSED") << told.dump(1);
  EXPECT_EQ(told["objects"], 9) << told.dump(1);
  EXPECT_EQ(told["volumes"], 1);
  EXPECT_EQ(told["num_workloads"], 2);
  EXPECT_EQ(told["num_ready"], 2);
  EXPECT_EQ(told["cluster"], world.cluster_id);
  EXPECT_EQ(told["job_id"], job);
  EXPECT_EQ(told["left_out"],
            json(R"(["ingresses.networking.k8s.io", "networkpolicies.networking.k8s.io"])"));
  EXPECT_EQ(world.everything(), before);
  EXPECT_TRUE(world.storage.stored.contains("snap-of-data"));
  EXPECT_EQ(end.message, "9 objects, 1 volume and 2 workloads came back");
}

TEST_F(DrillJobTest, ACopyComesBackByMoversThatGoWithAllTheyMade) {
  const std::string point = world.add_copied_shop();
  const auto before = world.everything();

  const jobs::JobEnd end = world.run(world.add_job(point));

  EXPECT_EQ(world.told(point)["state"], "PASSED") << world.told(point).dump(1);
  EXPECT_EQ(end.outcome, jobs::Outcome::completed) << end.message;
  EXPECT_EQ(world.movers.done.size(), 1U);
  EXPECT_EQ(world.told(point)["volumes"], 1);
  EXPECT_EQ(world.everything(), before);
}

TEST_F(DrillJobTest, FindsADamagedCopy) {
  const std::string point = world.add_copied_shop();
  const auto before = world.everything();
  world.movers.report = [](const Json&) {
    return json(R"({"state": "failed", "message": "pack 1a2b3c4d: it is not there",
                    "files": 0, "bytes": 0, "transferred_bytes": 0, "problem_count": 0,
                    "problems": []})");
  };

  world.run(world.add_job(point, {{"ready_timeout_seconds", 5}}));

  EXPECT_THAT(world.found(point), Contains("VOLUME_NOT_FILLED PersistentVolumeClaim shop/data"));
  EXPECT_EQ(world.told(point)["state"], "NOT_WHOLE");
  EXPECT_EQ(world.everything(), before);
}

TEST_F(DrillJobTest, FindsThatTheObjectsOfACopyAreLost) {
  const std::string point = world.add_copied_shop();
  const std::string snapshot = world.bench.copies.snapshots.begin()->first;
  world.bench.copies.snapshots.clear();

  world.run(world.add_job(point));

  EXPECT_THAT(world.found(point), Contains("ARCHIVE_MISSING snapshot " + snapshot.substr(0, 8)));
  EXPECT_EQ(world.told(point)["state"], "NOT_WHOLE");
}

TEST_F(DrillJobTest, ItIsARealRestoreIntoTheSandbox) {
  const std::string point = world.add_shop();
  const std::string job = world.add_job(point);
  watch(job);

  world.run(job);

  EXPECT_EQ(at_removal("secrets", "password")->at("data").at("p"), "c2VjcmV0LXZhbHVl");
  EXPECT_EQ(at_removal("persistentvolumeclaims", "data")->at("status").at("phase"), "Bound");
  EXPECT_EQ(at_removal("deployments.apps", "web")->at("status").at("readyReplicas"), 2);
}

TEST_F(DrillJobTest, NothingInTheSandboxReachesOutside) {
  const std::string point = world.add_shop();
  const std::string job = world.add_job(point);
  watch(job);

  world.run(job);

  const Json service = at_removal("services", "web")->at("spec");
  EXPECT_EQ(service["type"], "ClusterIP");
  EXPECT_NE(service["clusterIP"], "10.9.9.9");
  EXPECT_FALSE(service["ports"][0].contains("nodePort"));
  for (const char* field : {"externalIPs", "externalTrafficPolicy", "healthCheckNodePort"})
    EXPECT_FALSE(service.contains(field)) << field;
  EXPECT_EQ(at_removal("cronjobs.batch", "nightly")->at("spec").at("suspend"), true);
  EXPECT_FALSE(at_removal("ingresses.networking.k8s.io", "web"));
  EXPECT_FALSE(at_removal("networkpolicies.networking.k8s.io", "open"));
  EXPECT_EQ(at_removal("networkpolicies.networking.k8s.io", "salvor-drill")->at("spec"),
            json(R"({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})"));
}

TEST_F(DrillJobTest, NothingClusterScopedIsWrittenButItsOwn) {
  std::vector<Json> objects = shop();
  objects.push_back(definition("example.com", "Widget"));
  objects.push_back(object("v1", "PersistentVolume", "", "static"));
  const std::string point = world.add_point(objects);
  world.bench.add_claim_row(point, "shop", "data", data_of_claim());
  const std::string job = world.add_job(point);

  world.run(job);

  std::set<std::string> written;
  for (const kube::FakeRequest& request : world.writes) {
    if (!request.key.namespace_name.empty()) continue;
    written.insert(request.group_resource + " " + request.key.name);
  }
  std::erase_if(written, [&](const std::string& each) {
    return each == "namespaces " + sandbox(job) ||
           each.starts_with("volumesnapshotcontents.snapshot.storage.k8s.io salvor-");
  });
  EXPECT_THAT(written, IsEmpty());
}

TEST_F(DrillJobTest, TheSandboxIsClosedBeforeAnythingIsPutIntoIt) {
  const std::string point = world.add_shop();
  const std::string job = world.add_job(point);

  world.run(job);

  const auto first = std::find_if(
      world.writes.begin(), world.writes.end(),
      [&](const kube::FakeRequest& write) { return write.key.namespace_name == sandbox(job); });
  ASSERT_NE(first, world.writes.end());
  EXPECT_EQ(first->group_resource, "networkpolicies.networking.k8s.io");
  EXPECT_EQ(first->key.name, "salvor-drill");
}

TEST_F(DrillJobTest, NamespacesOfKubernetesItselfAreLeftOutUnlessTheyAreNamed) {
  const std::string point = world.add_point(
      {object("v1", "Namespace", "", "kube-system"), object("v1", "ConfigMap", "kube-system", "a"),
       object("v1", "Namespace", "", "shop"), object("v1", "ConfigMap", "shop", "b")});

  world.run(world.add_job(point));
  EXPECT_EQ(world.told(point)["namespaces"], json(R"(["shop"])"));

  world.run(world.add_job(point, {{"namespaces", {"kube-system"}}}));
  EXPECT_EQ(world.told(point)["namespaces"], json(R"(["kube-system"])"));
}

TEST_F(DrillJobTest, TheEvidenceIsSignedAndStandsBesideThatOfAVerification) {
  const std::string point = world.add_shop();
  world.insert("kubeevidence", {{"backupinst_id", point}, {"kind", "VERIFY"}, {"document", "{}"}});

  world.run(world.add_job(point));
  world.run(world.add_job(point));

  const std::vector<Json> rows = world.rows("kubeevidence");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]["kind"], "VERIFY");
  EXPECT_EQ(rows[1]["kind"], "DRILL");
  EXPECT_EQ(rows[1]["signature"], encode_base64(world.key.sign(text_at(rows[1], "document"))));
  const Json document = parse_json(text_at(rows[1], "document")).value();
  EXPECT_EQ(document["recovery_point"]["_id"], point);
  EXPECT_EQ(document["state"], "PASSED");
  EXPECT_EQ(document["target"]["cluster_name"], "one");
  EXPECT_EQ(document["workloads"].size(), 2U);
}

TEST_F(DrillJobTest, LeavesNoPlanForPeopleToFind) {
  world.run(world.add_job(world.add_shop()));

  EXPECT_THAT(world.rows("kuberestoreplanitems"), IsEmpty());
  EXPECT_THAT(world.rows("kuberestoreplans"), IsEmpty());
  EXPECT_THAT(world.rows("kuberestores"), IsEmpty());
}

TEST_F(DrillJobTest, FindsAMissingAndABrokenArchive) {
  const std::string point = world.add_shop();
  const std::string name = world.bench.catalog->get(world.bench.context, "backupinstances", point)
                               ->body()["archive"]["name"];
  world.bench.set_point(
      point,
      {{"archive",
        {{"name", name}, {"sha256", std::string(64, '0')}, {"size_bytes", 10}, {"items", 14}}}});
  EXPECT_EQ(world.run(world.add_job(point)).outcome, jobs::Outcome::partial);
  EXPECT_THAT(world.found(point), ElementsAre("ARCHIVE_DAMAGED archive " + name));
  EXPECT_EQ(world.told(point)["state"], "NOT_WHOLE");

  ASSERT_TRUE(archive::remove_backup(world.bench.context, *world.bench.store, name).ok());
  world.run(world.add_job(point));
  EXPECT_THAT(world.found(point), ElementsAre("ARCHIVE_MISSING archive " + name));

  world.bench.set_point(point, {{"archive", nullptr}});
  world.run(world.add_job(point));
  EXPECT_THAT(world.found(point), ElementsAre("ARCHIVE_MISSING archive"));
}

TEST_F(DrillJobTest, FindsAFlippedByteAndACutInTheArchive) {
  const std::string point = world.add_shop();
  objectstore::Store& store = *world.bench.store;
  const std::string archive =
      world.bench.catalog->get(world.bench.context, "backupinstances", point)
          ->body()["archive"]["name"];
  const std::string name = archive::tarball_object(archive);
  const std::string good = get_all(store, name).value();
  std::vector<std::string> damaged = {good.substr(0, 200)};
  for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 3) {
    damaged.push_back(good);
    damaged.back()[at] = static_cast<char>(good[at] ^ 1);
  }
  for (const std::string& bytes : damaged) {
    ASSERT_TRUE(store.remove(world.bench.context, name).ok());
    ASSERT_TRUE(put_all(store, name, bytes).ok());

    world.run(world.add_job(point));

    EXPECT_THAT(world.found(point), ElementsAre("ARCHIVE_DAMAGED archive " + archive));
  }
}

TEST_F(DrillJobTest, FindsASnapshotThatTheStorageHasLost) {
  const std::string point = world.add_shop();
  world.storage.stored.clear();
  const auto before = world.everything();

  world.run(world.add_job(point, {{"ready_timeout_seconds", 5}}));

  EXPECT_THAT(world.found(point), Contains(HasSubstr("PersistentVolumeClaim shop/data")));
  EXPECT_EQ(world.told(point)["state"], "NOT_WHOLE");
  EXPECT_EQ(world.everything(), before);
}

TEST_F(DrillJobTest, FindsAClaimWithoutItsRowAndARowWithoutItsClaim) {
  const std::string point = world.add_point(shop());
  world.bench.add_claim_row(point, "shop", "logs", data_of_claim());

  world.run(world.add_job(point));

  EXPECT_THAT(world.found(point),
              ElementsAre("OBJECT_NOT_ARCHIVED claim shop/logs", "CLAIM_UNKNOWN claim shop/data"));
}

TEST_F(DrillJobTest, FindsANamespaceThatTheArchiveHasNot) {
  const std::string point = world.add_shop();
  world.insert("kubenamespaces",
               {{"name", "gone"}, {"backupinst_id", point}, {"cluster_id", world.cluster_id}});

  world.run(world.add_job(point));

  EXPECT_THAT(world.found(point), ElementsAre("OBJECT_NOT_ARCHIVED namespace gone"));
}

TEST_F(DrillJobTest, AVolumeWithoutDataIsNoDamage) {
  const std::string point = world.add_point(shop());
  Json row = data_of_claim();
  row.erase("snapshot_handle");
  world.bench.add_claim_row(point, "shop", "data", row);

  world.run(world.add_job(point));

  EXPECT_THAT(world.found(point), ElementsAre("VOLUME_EMPTY PersistentVolumeClaim shop/data"));
  EXPECT_EQ(world.told(point)["state"], "DOUBTFUL");
}

TEST_F(DrillJobTest, TellsOfObjectsWhoseDefinitionTheTargetLacks) {
  std::vector<Json> objects = shop();
  objects.push_back(definition("example.com", "Widget"));
  objects.push_back(object("example.com/v1", "Widget", "shop", "w"));
  const std::string point = world.add_point(objects);
  world.bench.add_claim_row(point, "shop", "data", data_of_claim());

  world.run(world.add_job(point));

  EXPECT_THAT(world.found(point), ElementsAre("NOT_DRILLED Widget shop/w"));
  EXPECT_EQ(world.told(point)["state"], "DOUBTFUL");
}

TEST_F(DrillJobTest, FindsWhatTheClusterRefuses) {
  const std::string point = world.add_shop();
  world.on_request = [](const kube::FakeRequest& request) -> Result<void> {
    if (request.verb != kube::Verb::create || request.group_resource != "secrets") return {};
    return error(ErrorCode::invalid, "data: too odd").with("http_status", "422");
  };

  world.run(world.add_job(point));

  EXPECT_THAT(world.found(point), ElementsAre("NOT_RESTORED Secret shop/password"));
}

TEST_F(DrillJobTest, FindsWhatIsGoneOrOtherwiseThanArchived) {
  const std::string point = world.add_shop();
  const std::string job = world.add_job(point);
  bool is_done = false;
  // Between the restore's last write and the comparison.
  world.on_request = [&](const kube::FakeRequest& request) -> Result<void> {
    const bool is_restored = world.cluster.peek("pods", {sandbox(job), "once"}) &&
                             world.cluster.peek("cronjobs.batch", {sandbox(job), "nightly"});
    if (is_done || !is_restored || request.verb != kube::Verb::discover) return {};
    is_done = true;
    Context context = world.bench.context;
    Json settings = *world.cluster.peek("configmaps", {sandbox(job), "settings"});
    settings["data"]["a"] = "changed";
    world.cluster.seed(settings);
    const kube::ResourceType secrets{"", "v1", "secrets", "Secret", true};
    EXPECT_TRUE(world.cluster.remove(context, secrets, {sandbox(job), "password"}, {}).ok());
    return {};
  };

  world.run(job);

  EXPECT_TRUE(is_done);
  EXPECT_THAT(world.found(point), UnorderedElementsAre("OBJECT_GONE Secret shop/password",
                                                       "OBJECT_DIFFERS ConfigMap shop/settings"));
  const Json told = world.told(point);
  EXPECT_EQ(told.dump().find("changed"), std::string::npos);
  EXPECT_NE(told.dump().find("/data/a"), std::string::npos);
}

TEST_F(DrillJobTest, AWorkloadThatIsNotReadyInTimeIsToldAndIsNoDamage) {
  std::vector<Json> objects = shop();
  objects.push_back(object("apps/v1", "DaemonSet", "shop", "agent",
                           json(R"({"spec": {"selector": {"matchLabels": {"app": "a"}},
                                    "template": {"metadata": {"labels": {"app": "a"}},
                                    "spec": {"containers": [{"name": "c"}]}}}})")));
  const std::string point = world.add_point(objects);
  world.bench.add_claim_row(point, "shop", "data", data_of_claim());

  const jobs::JobEnd end = world.run(world.add_job(point, {{"ready_timeout_seconds", 5}}));

  EXPECT_EQ(end.outcome, jobs::Outcome::partial);
  EXPECT_THAT(world.found(point), ElementsAre("WORKLOAD_NOT_READY DaemonSet shop/agent"));
  EXPECT_EQ(world.told(point)["state"], "DOUBTFUL");
  EXPECT_EQ(world.told(point)["num_ready"], 2);
}

TEST_F(DrillJobTest, NothingIsSaidWhenTheClusterCannotBeReached) {
  const std::string point = world.add_shop();
  const auto before = world.everything();
  world.run(world.add_job(point));
  const Json known = world.told(point);
  world.on_request = [](const kube::FakeRequest& request) -> Result<void> {
    if (request.verb != kube::Verb::create || request.group_resource != "secrets") return {};
    return error(ErrorCode::unavailable, "no route to host");
  };

  const jobs::JobEnd end = world.run(world.add_job(point));

  EXPECT_EQ(end.outcome, jobs::Outcome::failed);
  EXPECT_THAT(end.message, HasSubstr("Nothing was found out"));
  EXPECT_EQ(world.told(point), known);
  EXPECT_EQ(world.everything(), before);
}

TEST_F(DrillJobTest, ANamespaceOfSomebodyElseIsNotTaken) {
  const std::string point = world.add_shop();
  const std::string job = world.add_job(point);
  world.cluster.seed(object("v1", "Namespace", "", sandbox(job)));

  EXPECT_EQ(world.run(job).outcome, jobs::Outcome::failed);

  EXPECT_TRUE(world.cluster.peek("namespaces", {"", sandbox(job)}));
  EXPECT_FALSE(world.cluster.peek("configmaps", {sandbox(job), "settings"}));
}

TEST_F(DrillJobTest, ARecoveryPointThatIsBeingRemovedIsNotDrilled) {
  const std::string point = world.add_shop();
  world.bench.set_point(point, {{"state", "DELETING"}});

  EXPECT_EQ(world.run(world.add_job(point)).outcome, jobs::Outcome::failed);
  EXPECT_TRUE(world.told(point).is_null());
}

TEST_F(DrillJobTest, WhatCannotBeRemovedIsToldAndGoesLater) {
  const std::string point = world.add_shop();
  const auto before = world.everything();
  const std::string job = world.add_job(point);
  world.on_request = [](const kube::FakeRequest& request) -> Result<void> {
    if (request.verb != kube::Verb::remove || request.group_resource != "namespaces") return {};
    return error(ErrorCode::unavailable, "no route to host");
  };

  const jobs::JobEnd end = world.run(job);

  EXPECT_EQ(end.outcome, jobs::Outcome::partial);
  EXPECT_EQ(world.told(point)["state"], "PASSED");
  EXPECT_THAT(end.message, HasSubstr("the server goes on removing it"));
  world.on_request = nullptr;
  Context context = world.bench.context;
  ASSERT_TRUE(
      backup::remove_leftovers(context, *world.bench.catalog, world.cluster, world.bench.movers)
          .ok());
  EXPECT_EQ(world.everything(), before);
}

}  // namespace
}  // namespace salvor::proof
