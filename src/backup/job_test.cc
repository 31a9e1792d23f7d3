#include "backup/job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backup/testing/world.h"
#include "objectstore/testing/whole.h"
#include "volume/marks.h"

namespace salvor::backup::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

using objectstore::testing::Names;
using objectstore::testing::names_in;

const Json kAll = {{"all_namespaces", true}, {"snapshotPersistentVolumes", true}};
const Json kShop = {{"namespaces", {"shop"}}};

std::set<std::string> cluster_scoped(const std::set<std::string>& items) {
  std::set<std::string> found;
  for (const std::string& item : items) {
    if (item.find('/') == std::string::npos) found.insert(item);
  }
  return found;
}

TEST(BackupJob, MakesAReadyRecoveryPointOfTheWholeCluster) {
  World world(kAll);
  world.fill();
  FakeJobRun run = world.job_run();

  const jobs::JobEnd end = world.run_to_end(run);

  EXPECT_EQ(end.outcome, jobs::Outcome::completed) << end.message;
  EXPECT_EQ(end.message, "Backup Successful");
  EXPECT_THAT(world.archived(),
              IsSupersetOf({"namespaces shop", "namespaces kube-system", "secrets shop/password",
                            "deployments.apps other/web", "persistentvolumes shop-volume",
                            "clusterroles.rbac.authorization.k8s.io other-role"}));
}

TEST(BackupJob, DescribesTheRecoveryPointAsClientsReadIt) {
  World world(kAll);
  world.fill();
  FakeJobRun run = world.job_run();
  world.run_to_end(run);

  const Json point = world.points("READY").at(0).body();

  EXPECT_EQ(point["name"], "backupinst-" + std::to_string(point["start_time"].get<int>()));
  EXPECT_EQ(point["type"], "SNAPSHOT");
  EXPECT_EQ(point["source_type"], "kubernetes");
  EXPECT_EQ(point["backup_selection"], kAll);
  EXPECT_EQ(point["backupdef"], kBackupId);
  EXPECT_EQ(point["backupdef_name"], "testbackup");
  EXPECT_EQ(point["cluster"], kClusterId);
  EXPECT_EQ(point["cluster_name"], "testcluster");
  EXPECT_EQ(point["pv_count"], 2);
  EXPECT_EQ(point["num_backup_resources"], world.archived().size());
  EXPECT_EQ(point["expiry_timestamp"].get<int>(), point["end_time"].get<int>() + 7 * 86400);
  EXPECT_THAT(point["resource_types"], Contains("deployments"));
  EXPECT_THAT(point["resource_types"], Contains("secrets"));
  EXPECT_THAT(point["resource_types"], Not(Contains("events")));
}

TEST(BackupJob, ListsNamespacesAndClaimsOfTheRecoveryPoint) {
  World world(kShop);
  world.fill();
  FakeJobRun run = world.job_run();
  world.run_to_end(run);

  const std::vector<Json> namespaces = world.rows("kubenamespaces");
  const std::vector<Json> claims = world.rows("kubepvclaims");
  ASSERT_EQ(namespaces.size(), 1U);
  ASSERT_EQ(claims.size(), 1U);
  EXPECT_EQ(namespaces[0]["name"], "shop");
  EXPECT_EQ(namespaces[0]["backupinst_id"], world.points("READY").at(0).id);
  EXPECT_EQ(claims[0]["driver"], "hostpath.csi.k8s.io");
  EXPECT_EQ(claims[0]["restore_size"], 64 << 20);
  EXPECT_EQ(claims[0]["volume_type"], "CSI");
  EXPECT_EQ(claims[0]["volume_handle"], "shop-handle");
}

TEST(BackupJob, TakesSnapshotsOfItsVolumes) {
  World world(kAll);
  world.fill();
  FakeJobRun run = world.job_run();

  EXPECT_EQ(world.run_to_end(run).outcome, jobs::Outcome::completed);

  ASSERT_EQ(world.snapshotter.stored.size(), 2U);
  for (const Json& claim : world.rows("kubepvclaims")) {
    EXPECT_EQ(claim["snapshot_taken"], true);
    EXPECT_TRUE(world.snapshotter.stored.contains(claim["snapshot_handle"]));
    EXPECT_EQ(claim["volume_snapshot_class_name"], "fast");
  }
  EXPECT_EQ(run.fields()["num_volume_snapshots_completed"], 2);
  EXPECT_EQ(run.fields()["kube_snapshot_progress"]["completed_pvs"], 2);
}

TEST(BackupJob, TakesNothingOfTheDataMovers) {
  World world(kAll);
  world.fill();
  world.cluster.seed(object("v1", "Secret", "salvor-movers", "order"));
  FakeJobRun run = world.job_run();
  world.run_to_end(run);

  for (const std::string& item : world.archived()) EXPECT_THAT(item, Not(HasSubstr("movers")));
}

TEST(BackupJob, TakesNoSnapshotsWhenItIsToldNotTo) {
  World world({{"all_namespaces", true}, {"snapshotPersistentVolumes", false}});
  world.fill();
  FakeJobRun run = world.job_run();

  EXPECT_EQ(world.run_to_end(run).message, "Backup Successful");

  EXPECT_EQ(world.snapshotter.made, 0U);
}

TEST(BackupJob, IsPartialWhenASnapshotFails) {
  World world(kAll);
  world.fill();
  world.snapshotter.failures["shop-claim"] = "the pool is full";
  FakeJobRun run = world.job_run();

  const jobs::JobEnd end = world.run_to_end(run);

  EXPECT_EQ(end.outcome, jobs::Outcome::partial);
  EXPECT_EQ(end.message,
            "Backup is incomplete: the snapshot of claim shop/shop-claim: the pool is full");
  EXPECT_EQ(world.points("READY").at(0).body()["num_errors"], 1);
}

TEST(BackupJob, SaysWhichVolumesHaveNoSnapshot) {
  World world(kAll);
  world.fill();
  world.cluster.withdraw(volume::snapshot_class_type().group_resource());
  FakeJobRun run = world.job_run();

  const jobs::JobEnd end = world.run_to_end(run);

  EXPECT_EQ(end.outcome, jobs::Outcome::completed);
  EXPECT_EQ(end.message, "Backup Successful; 2 volumes have no snapshot (see activity)");
  EXPECT_THAT(run.all_activity(), HasSubstr("Warning: no snapshot of claim other/other-claim: the "
                                            "cluster does not serve volumesnapshots"));
}

TEST(BackupJob, RemovesSnapshotsWithTheirRecoveryPoint) {
  World world(kAll);
  world.fill();
  FakeJobRun run = world.job_run();
  world.run_to_end(run);

  const jobs::JobEnd end = world.remove_point(world.points("READY").at(0).id);

  EXPECT_EQ(end.outcome, jobs::Outcome::completed) << end.message;
  EXPECT_TRUE(world.snapshotter.stored.empty());
  EXPECT_TRUE(world.rows("backupinstances").empty());
  EXPECT_EQ(names_in(*world.store, ""), Names{});
}

TEST(BackupJob, KeepsARecoveryPointWhoseSnapshotsCannotBeRemoved) {
  World world(kAll);
  world.fill();
  FakeJobRun run = world.job_run();
  world.run_to_end(run);
  world.snapshotter.is_running = false;

  const jobs::JobEnd end = world.remove_point(world.points("READY").at(0).id);

  EXPECT_EQ(end.outcome, jobs::Outcome::failed);
  EXPECT_THAT(end.message, HasSubstr("is still being deleted"));
  EXPECT_FALSE(world.rows("backupinstances").empty());
}

TEST(BackupJob, TakesOnlyWhatAChosenNamespaceNeedsOfTheCluster) {
  World world(kShop);
  world.fill();
  FakeJobRun run = world.job_run();

  EXPECT_EQ(world.run_to_end(run).outcome, jobs::Outcome::completed);

  const std::set<std::string> items = world.archived();
  EXPECT_EQ(cluster_scoped(items),
            (std::set<std::string>{"namespaces shop", "persistentvolumes shop-volume",
                                   "storageclasses.storage.k8s.io shop-class",
                                   "clusterrolebindings.rbac.authorization.k8s.io shop-binding",
                                   "clusterroles.rbac.authorization.k8s.io shop-role",
                                   "priorityclasses.scheduling.k8s.io shop-priority"}));
  for (const std::string& item : items) EXPECT_THAT(item, Not(HasSubstr("other")));
}

TEST(BackupJob, TakesLabelledObjectsAndWhatTheyNeed) {
  World world(Json::object({{"label_selector", {{"app", "web,db"}}}}));
  world.fill();
  FakeJobRun run = world.job_run();

  world.run_to_end(run);

  EXPECT_EQ(world.archived(),
            (std::set<std::string>{"configmaps shop/settings", "configmaps other/settings",
                                   "deployments.apps shop/web", "deployments.apps other/web",
                                   "namespaces shop", "namespaces other",
                                   "priorityclasses.scheduling.k8s.io shop-priority",
                                   "priorityclasses.scheduling.k8s.io other-priority"}));
}

TEST(BackupJob, TakesChosenTypesOnly) {
  World world(
      Json::object({{"namespaces", {"shop"}}, {"included_resources", {"secrets", "deployments"}}}));
  world.fill();
  FakeJobRun run = world.job_run();

  world.run_to_end(run);

  EXPECT_EQ(world.archived(),
            (std::set<std::string>{"secrets shop/password", "deployments.apps shop/web",
                                   "namespaces shop",
                                   "priorityclasses.scheduling.k8s.io shop-priority"}));
}

TEST(BackupJob, LeavesExcludedNamespacesOut) {
  World world(Json::object({{"all_namespaces", true}, {"excluded_namespaces", {"other"}}}));
  world.fill();
  FakeJobRun run = world.job_run();

  world.run_to_end(run);

  const std::set<std::string> items = world.archived();
  EXPECT_THAT(items, Contains("secrets shop/password"));
  EXPECT_THAT(items, Not(Contains("secrets other/password")));
  EXPECT_THAT(items, Not(Contains("namespaces other")));
}

TEST(BackupJob, IsPartialAndNamesTheTypeThatCannotBeListed) {
  World world(kAll);
  world.fill();
  world.cluster.fault({.verb = kube::Verb::list, .group_resource = "secrets"},
                      kube::FaultKind::internal_error, kMoreThanAnyPatience);
  FakeJobRun run = world.job_run();

  const jobs::JobEnd end = world.run_to_end(run);

  EXPECT_EQ(end.outcome, jobs::Outcome::partial);
  EXPECT_THAT(end.message, HasSubstr("listing secrets"));
  EXPECT_THAT(run.all_activity(), HasSubstr("Error: listing secrets"));
  EXPECT_EQ(world.points("READY").at(0).body()["num_errors"], 1);
  EXPECT_THAT(world.archived(), Not(Contains("secrets shop/password")));
}

TEST(BackupJob, IsPartialWhenAnAggregatedApiIsDown) {
  World world(kAll);
  world.fill();
  world.cluster.break_group("policy");
  FakeJobRun run = world.job_run();

  EXPECT_EQ(world.run_to_end(run).outcome, jobs::Outcome::partial);

  EXPECT_THAT(run.all_activity(), HasSubstr("API group policy"));
}

TEST(BackupJob, IsPartialWhenOneOfTheNamespacesIsMissing) {
  World world(Json::object({{"namespaces", {"shop", "gone"}}}));
  world.fill();
  FakeJobRun run = world.job_run();

  EXPECT_EQ(world.run_to_end(run).outcome, jobs::Outcome::partial);

  EXPECT_THAT(run.all_activity(), HasSubstr("namespace gone"));
}

void expect_failed_and_clean(World& world, const jobs::JobEnd& end, const std::string& reason) {
  EXPECT_EQ(end.outcome, jobs::Outcome::failed);
  EXPECT_THAT(end.message, HasSubstr(reason));
  EXPECT_EQ(names_in(*world.store, ""), Names{});
  EXPECT_TRUE(world.rows("backupinstances").empty());
  EXPECT_TRUE(world.rows("kubenamespaces").empty());
}

TEST(BackupJob, FailsWhenNoneOfTheNamespacesExists) {
  World world(Json::object({{"namespaces", {"gone"}}}));
  FakeJobRun run = world.job_run();

  const jobs::JobEnd end = world.run_to_end(run);

  expect_failed_and_clean(world, end, "gone");
}

TEST(BackupJob, FailsWhenNothingIsSelected) {
  World world(Json::object({{"snapshotPersistentVolumes", true}}));
  FakeJobRun run = world.job_run();

  const jobs::JobEnd end = world.run_to_end(run);

  expect_failed_and_clean(world, end, "selects nothing");
}

TEST(BackupJob, FailsWithTheHintOfTheConnection) {
  World world(kAll);
  world.connect_failure =
      error(ErrorCode::denied, "the certificate has expired").with_hint("give a new kubeconfig");
  FakeJobRun run = world.job_run();

  const jobs::JobEnd end = world.run_to_end(run);

  expect_failed_and_clean(world, end, "give a new kubeconfig");
  EXPECT_THAT(end.message, HasSubstr("testcluster"));
}

TEST(BackupJob, FailsWhenTheClusterGoesAwayInTheMiddle) {
  World world(kAll);
  world.fill();
  world.cluster.fault({.verb = kube::Verb::list, .group_resource = "services"},
                      kube::FaultKind::refused, kMoreThanAnyPatience);
  FakeJobRun run = world.job_run();

  const jobs::JobEnd end = world.run_to_end(run);

  expect_failed_and_clean(world, end, "listing services");
}

TEST(BackupJob, FailsWhenItsDefinitionIsGone) {
  World world(kAll);
  world.job["backupdef"] = "000000000000000000000000";
  FakeJobRun run = world.job_run();

  const jobs::JobEnd end = world.run_to_end(run);

  expect_failed_and_clean(world, end, "kubebackups/000000000000000000000000");
}

TEST(BackupJob, IsCancelledWithoutATrace) {
  World world(kAll);
  world.fill();
  std::stop_source stop;
  FakeJobRun run = world.job_run_stopped_by(stop.get_token());
  world.on_request([&](const kube::FakeRequest& request) -> Result<void> {
    if (request.group_resource == "services") stop.request_stop();
    return {};
  });

  const jobs::JobEnd end = world.run_to_end(run);

  EXPECT_EQ(end.outcome, jobs::Outcome::cancelled);
  EXPECT_EQ(names_in(*world.store, ""), Names{});
  EXPECT_TRUE(world.rows("backupinstances").empty());
}

TEST(BackupJob, NeverShowsASecret) {
  World world(kAll);
  world.fill();
  world.cluster.fault({.verb = kube::Verb::list, .group_resource = "secrets"},
                      kube::FaultKind::internal_error, kMoreThanAnyPatience);
  FakeJobRun run = world.job_run();
  const jobs::JobEnd end = world.run_to_end(run);

  for (const char* secret : {"c2VjcmV0LXZhbHVl", "secret-value"}) {
    EXPECT_THAT(run.all_activity() + end.message + end.fields.dump(), Not(HasSubstr(secret)));
    EXPECT_THAT(world.rows("backupinstances").at(0).dump(), Not(HasSubstr(secret)));
  }
}

}  // namespace
}  // namespace salvor::backup::testing
