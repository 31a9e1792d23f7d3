#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/testing/server.h"
#include "resources/all.h"

namespace salvor::api {
namespace {

using testing::json_headers;
using testing::Reply;
using testing::Server;

const std::string kNowhere = "5f80d0a8f281487d59c69f5e";

class KubeoffloadsTest : public ::testing::Test {
 protected:
  // A recovery point of the backup.
  std::string point(EpochSeconds start_time, const Json& more = Json::object()) {
    Json body = {{"name", "backupinst-" + std::to_string(start_time)},
                 {"state", "READY"},
                 {"type", "SNAPSHOT"},
                 {"start_time", start_time},
                 {"cluster", cluster},
                 {"backupdef", backup}};
    body.update(more);
    return server.insert("backupinstances", body);
  }
  Json definition() {
    return {{"name", "testcopy"},
            {"trigger_type", "ADHOC"},
            {"backupdef", backup},
            {"offload_provider", {{"user_objectstore", store}}},
            {"status", Json::object()}};
  }
  std::string defined(const Json& merge_patch = Json::object()) {
    Json body = definition();
    body.merge_patch(merge_patch);
    const Reply reply = server.post("kubeoffloads", body);
    EXPECT_EQ(reply.status, 201) << reply.text;
    return reply.body["_id"];
  }
  Json issues_with(const Json& merge_patch) {
    Json body = definition();
    body.merge_patch(merge_patch);
    const Reply reply = server.post("kubeoffloads", body);
    EXPECT_EQ(reply.status, 422) << reply.text;
    return reply.issues();
  }
  Reply run(const std::string& id, const std::string& body = "") {
    return server.send("POST", "/api/v1/kubeoffloads/" + id + "/action/run", body,
                       body.empty() ? http::Headers{} : json_headers());
  }
  Json job_of(const std::string& id) {
    const Json jobs = server.get("jobs?where={\"offloaddef\":\"" + id + "\"}").body["_items"];
    EXPECT_EQ(jobs.size(), 1U);
    return jobs.empty() ? Json() : server.stored("jobs", jobs[0]["_id"]);
  }
  void end_jobs_of(const std::string& id) {
    const Reply jobs = server.get("jobs?where={\"offloaddef\":\"" + id + "\"}");
    for (const Json& job : jobs.body["_items"]) {
      server.edit("jobs", job["_id"], {{"state", "COMPLETED"}});
    }
  }

  Server server;
  std::string cluster = server.cluster();
  std::string backup = server.insert("kubebackups", {{"name", "testbackup"},
                                                     {"cluster", cluster},
                                                     {"trigger_type", "ADHOC"},
                                                     {"source", {{"all_namespaces", true}}}});
  std::string store = server.insert("objectstores", {{"name", "minio"}});
};

TEST_F(KubeoffloadsTest, TheClusterIsTheBackupsUnlessItIsGiven) {
  EXPECT_EQ(server.get("kubeoffloads/" + defined()).body["cluster"], cluster);
  EXPECT_EQ(server.get("kubeoffloads/" + defined({{"cluster", cluster}})).body["cluster"], cluster);
  EXPECT_TRUE(issues_with({{"cluster", server.cluster("other")}}).contains("cluster"));
}

TEST_F(KubeoffloadsTest, TheClusterIsTheRecoveryPointsWithoutABackup) {
  const std::string id = defined({{"backupdef", nullptr}, {"backup_inst", point(100)}});

  EXPECT_EQ(server.get("kubeoffloads/" + id).body["cluster"], cluster);
}

TEST_F(KubeoffloadsTest, AScheduledOneNeedsAPolicy) {
  EXPECT_TRUE(issues_with({{"trigger_type", nullptr}}).contains("policy"));
}

TEST_F(KubeoffloadsTest, WhatIsCopiedMustBeSaid) {
  EXPECT_TRUE(issues_with({{"backupdef", nullptr}}).contains("backupdef"));
}

TEST_F(KubeoffloadsTest, OnlyAReadySnapshotOfTheBackupCanBeGiven) {
  for (const Json& wrong : {Json{{"state", "PENDING"}}, Json{{"state", "DELETING"}},
                            Json{{"type", "COPY"}}, Json{{"backupdef", kNowhere}}}) {
    EXPECT_TRUE(issues_with({{"backup_inst", point(100, wrong)}}).contains("backup_inst")) << wrong;
  }
  EXPECT_TRUE(issues_with({{"backup_inst", kNowhere}}).contains("backup_inst"));
}

TEST_F(KubeoffloadsTest, APauseNeedsNoRecoveryPointThatIsStillThere) {
  const std::string snapshot = point(100);
  const std::string id = defined({{"backup_inst", snapshot}});
  server.edit("backupinstances", snapshot, {{"state", "DELETING"}});
  const std::string etag = server.get("kubeoffloads/" + id).body["_etag"];

  EXPECT_EQ(server.patch("kubeoffloads/" + id, {{"pause", true}}, etag).status, 200);
}

TEST_F(KubeoffloadsTest, OptionsComeBackAsTheyWere) {
  const Json options = {{"upload_speed_limit", 200000000},
                        {"mover_memory_limit", 1024},
                        {"mover_ready_timeout", "20m"},
                        {"preserve_node_ports", false},
                        {"azure_files_restore_options", {{"method", "CSI_DRIVER"}}}};

  EXPECT_EQ(server.get("kubeoffloads/" + defined({{"options", options}})).body["options"], options);
}

TEST_F(KubeoffloadsTest, ARunCopiesTheNewestReadySnapshot) {
  point(100);
  const std::string newest = point(200);
  point(300, {{"state", "PENDING"}});
  point(400, {{"type", "COPY"}});
  const std::string id = defined();

  const Reply reply = run(id, R"({"retention": {"retainDays": 30}, "runBackup": false})");

  ASSERT_EQ(reply.status, 200) << reply.text;
  const Json job = job_of(id);
  const Json expected = {{"type", "K8S_COPY"},
                         {"display_type", "K8S_COPY"},
                         {"state", "PENDING"},
                         {"cluster", cluster},
                         {"cluster_name", "testcluster"},
                         {"backupdef", backup},
                         {"backupdef_name", "testbackup"},
                         {"offloaddef", id},
                         {"offloaddef_name", "testcopy"},
                         {"backup_inst", newest},
                         {"run_backup", false},
                         {"retention", {{"retainDays", 30}, {"numAlwaysRetain", 0}}}};
  for (const auto& [name, value] : expected.items()) EXPECT_EQ(job[name], value) << name;
  EXPECT_EQ(job["name"], "kubeoffload-" + std::to_string(server.clock.kStart));
  EXPECT_EQ(server.calls.jobs_changed, 1);
}

TEST_F(KubeoffloadsTest, ARunCopiesTheGivenRecoveryPointWhateverElseIsAsked) {
  const std::string given = point(100);
  point(200);
  const std::string id = defined({{"backup_inst", given}, {"run_backup", true}});

  ASSERT_EQ(run(id, R"({"runBackup": true})").status, 200);

  EXPECT_EQ(job_of(id)["backup_inst"], given);
  EXPECT_EQ(job_of(id)["run_backup"], false);
}

TEST_F(KubeoffloadsTest, ARecoveryPointAloneNamesItsBackup) {
  const std::string id = defined({{"backupdef", nullptr}, {"backup_inst", point(100)}});

  ASSERT_EQ(run(id).status, 200);

  EXPECT_EQ(job_of(id)["backupdef"], backup);
  EXPECT_EQ(job_of(id)["backupdef_name"], "testbackup");
}

TEST_F(KubeoffloadsTest, ARunThatTakesASnapshotFirstLeavesTheChoiceToTheJob) {
  point(100);
  const std::string by_definition = defined({{"run_backup", true}});
  const std::string by_request = defined();

  ASSERT_EQ(run(by_definition).status, 200);
  ASSERT_EQ(run(by_request, R"({"runBackup": true})").status, 200);

  for (const std::string& id : {by_definition, by_request}) {
    EXPECT_EQ(job_of(id)["run_backup"], true);
    EXPECT_FALSE(job_of(id).contains("backup_inst"));
  }
}

TEST_F(KubeoffloadsTest, TheRequestsWordOnASnapshotWins) {
  const std::string newest = point(100);
  const std::string id = defined({{"run_backup", true}});

  ASSERT_EQ(run(id, R"({"runBackup": false})").status, 200);

  EXPECT_EQ(job_of(id)["backup_inst"], newest);
}

TEST_F(KubeoffloadsTest, ARunWithoutAnythingToCopyIsRefused) {
  const std::string id = defined();

  const Reply reply = run(id);

  EXPECT_EQ(reply.status, 422);
  EXPECT_NE(reply.issues()["backupdef"].get<std::string>().find("no READY snapshot"),
            std::string::npos);
  EXPECT_EQ(server.count("jobs", "offloaddef", id), 0U);
  EXPECT_EQ(server.get("kubeoffloads/" + id).body["status"], (Json{{"state", "PENDING"}}));
}

TEST_F(KubeoffloadsTest, ARunOfARecoveryPointThatIsGoneIsRefused) {
  const std::string given = point(100);
  const std::string id = defined({{"backup_inst", given}});
  server.edit("backupinstances", given, {{"state", "DELETING"}});

  EXPECT_TRUE(run(id).issues().contains("backup_inst"));
}

TEST_F(KubeoffloadsTest, ARunThatTakesASnapshotNeedsItsBackup) {
  const std::string id = defined({{"run_backup", true}});
  server.remove("kubebackups/" + backup);

  EXPECT_EQ(run(id).status, 422);
  EXPECT_TRUE(run(id).issues().contains("backupdef"));
}

TEST_F(KubeoffloadsTest, ARunGoesToTheClustersStoreWithoutOneOfItsOwn) {
  point(100);
  const std::string id = defined({{"offload_provider", nullptr}});
  const Reply without = run(id);
  server.edit("kubeclusters", cluster, {{"backup_provider", {{"user_objectstore", store}}}});
  const Reply with = run(id);

  EXPECT_EQ(without.status, 422);
  EXPECT_TRUE(without.issues()["offload_provider"].contains("user_objectstore"));
  EXPECT_EQ(with.status, 200) << with.text;
}

TEST_F(KubeoffloadsTest, ARunNeedsItsClusterAndItsStore) {
  point(100);
  const std::string id = defined();
  server.edit("kubeoffloads", id, {{"offload_provider", {{"user_objectstore", kNowhere}}}});
  EXPECT_TRUE(run(id).issues().contains("offload_provider"));

  server.remove("kubeclusters/" + cluster);

  EXPECT_EQ(run(id).status, 409);
}

TEST_F(KubeoffloadsTest, ARunAnswersTheDefinitionAsItWasAndLeavesItsEtag) {
  point(100);
  const std::string id = defined();
  const Json before = server.get("kubeoffloads/" + id).body;

  const Reply first = run(id);
  const Json between = server.get("kubeoffloads/" + id).body;
  end_jobs_of(id);
  const Reply second = run(id);

  EXPECT_FALSE(first.body["status"].contains("last_job_run_time"));
  EXPECT_EQ(first.body["backupdef"], backup);
  EXPECT_EQ(between["_etag"], before["_etag"]);
  EXPECT_EQ(between["_updated"], before["_updated"]);
  EXPECT_EQ(between["status"]["state"], "JOB_CREATED");
  EXPECT_EQ(server.count("jobs", "_id", between["status"]["jobid"]), 1U);
  EXPECT_EQ(second.body["status"]["last_job_run_time"], between["status"]["last_job_run_time"]);
  EXPECT_GT(server.stored("kubeoffloads", id)["status"]["last_job_run_time"],
            between["status"]["last_job_run_time"]);
}

TEST_F(KubeoffloadsTest, ARunBeginsLaterThanTheLastOfItsBackup) {
  point(100);
  const std::string id = defined();
  server.edit("kubebackups", backup,
              {{"status", {{"last_job_run_time", server.clock.kStart + 5}}}});

  ASSERT_EQ(run(id).status, 200);

  EXPECT_EQ(job_of(id)["start_time"], server.clock.kStart + 6);
}

TEST_F(KubeoffloadsTest, OneRunAtATime) {
  point(100);
  const std::string id = defined();
  run(id);

  EXPECT_EQ(run(id).status, 409);
  EXPECT_EQ(server.remove("kubeoffloads/" + id).status, 409);
  end_jobs_of(id);

  EXPECT_EQ(run(id).status, 200);
}

TEST_F(KubeoffloadsTest, ACopyUnderWayDoesNotKeepItsBackupFromRunning) {
  point(100);
  run(defined());

  EXPECT_EQ(server.send("POST", "/api/v1/kubebackups/" + backup + "/action/run").status, 200);
  EXPECT_EQ(server.remove("kubebackups/" + backup).status, 409);
}

TEST_F(KubeoffloadsTest, ARecoveryPointIsNotRemovedWhileItIsCopied) {
  const std::string snapshot = point(100);
  run(defined());

  EXPECT_EQ(server.remove("backupinstances/" + snapshot).status, 409);
}

TEST_F(KubeoffloadsTest, APauseIsOfTheScheduleOnly) {
  point(100);

  EXPECT_EQ(run(defined({{"pause", true}})).status, 200);
}

TEST_F(KubeoffloadsTest, RunChecksItsBody) {
  point(100);
  const std::string id = defined();

  EXPECT_EQ(run(id, "{").status, 400);
  EXPECT_EQ(run(id, R"({"retention": {"retainDays": 0}})").issues()["retention"]["retainDays"],
            "min value is 1");
  EXPECT_EQ(run(id, R"({"nosuch": 1})").issues()["nosuch"], "unknown field");
  EXPECT_EQ(server.count("jobs", "offloaddef", id), 0U);
}

// Request for request what the Terraform provider does with a copy that it runs at once.
TEST_F(KubeoffloadsTest, TheTerraformProvidersSequencePasses) {
  const Json source = {{"all_namespaces", true}, {"snapshotPersistentVolumes", true}};
  Json body = {{"name", "tf"},
               {"cluster", cluster},
               {"trigger_type", "ADHOC"},
               {"source", source},
               {"status", Json::object()}};
  const Reply made = server.post("kubebackups", body);
  const std::string backup_id = made.body["_id"];
  const Reply copy =
      server.post("kubeoffloads", {{"name", "tf"},
                                   {"cluster", cluster},
                                   {"trigger_type", "ADHOC"},
                                   {"backupdef", backup_id},
                                   {"run_backup", true},
                                   {"offload_provider", {{"user_objectstore", store}}},
                                   {"status", Json::object()}});
  const std::string copy_id = copy.body["_id"];
  body["copydef"] = copy_id;
  const Reply linked = server.put("kubebackups/" + backup_id, body, made.body["_etag"]);
  const Reply ran = run(copy_id, R"({"retention": {"retainDays": 7}, "runBackup": true})");
  const Reply jobs = server.get(
      R"(jobs?where={"type":{"$nin":["DELETE_BACKUP","AWSRDS_BACKUP_DELETE","AGENT_UPDATE"]},)"
      R"("backupdef":")" +
      backup_id +
      R"(","start_time":{"$gt":0}}&sort=-start_time&page=1)"
      "&max_results=5");

  EXPECT_EQ(copy.status, 201) << copy.text;
  ASSERT_EQ(linked.status, 200) << linked.text;
  EXPECT_EQ(linked.body["copydef"], copy_id);
  ASSERT_EQ(ran.status, 200) << ran.text;
  ASSERT_EQ(jobs.body["_items"].size(), 1U) << jobs.text;
  EXPECT_EQ(jobs.body["_items"][0]["type"], "K8S_COPY");
  const Json again = {{"name", "tf2"},          {"cluster", cluster}, {"trigger_type", "ADHOC"},
                      {"backupdef", backup_id}, {"run_backup", true}, {"status", Json::object()}};
  EXPECT_EQ(server.put("kubeoffloads/" + copy_id, again, copy.body["_etag"]).status, 200);
  end_jobs_of(copy_id);
  EXPECT_EQ(server.remove("kubeoffloads/" + copy_id).status, 204);
  EXPECT_EQ(server.remove("kubebackups/" + backup_id).status, 204);
}

TEST_F(KubeoffloadsTest, ABackupWithACopyLeavesTheScheduleToIt) {
  const Json body = {{"name", "scheduled"},
                     {"cluster", cluster},
                     {"trigger_type", "SCHEDULED"},
                     {"source", {{"all_namespaces", true}}},
                     {"copydef", defined()}};

  EXPECT_EQ(server.post("kubebackups", body).status, 201);
}

TEST_F(KubeoffloadsTest, CopiesAreFoundByTheGuidesFilter) {
  const std::string copy = point(100, {{"type", "COPY"}, {"source_type", "kubernetes"}});
  point(200);

  const Json found =
      server
          .get(
              R"(backupinstances?where={"type":"COPY","source_type":"kubernetes","state":"READY"})")
          .body;

  ASSERT_EQ(found["_items"].size(), 1U);
  EXPECT_EQ(found["_items"][0]["_id"], copy);
}

}  // namespace
}  // namespace salvor::api
