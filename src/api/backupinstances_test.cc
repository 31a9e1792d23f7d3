#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/testing/server.h"

namespace salvor::api {
namespace {

using testing::json_headers;
using testing::Reply;
using testing::Server;

class BackupinstancesTest : public ::testing::Test {
 protected:
  void claim(const std::string& namespace_name, const Json& storage_class, const Json& driver) {
    Json row = {{"name", "pvc"},
                {"namespace_name", namespace_name},
                {"cluster_id", cluster},
                {"backupinst_id", point}};
    if (!storage_class.is_null()) row["storage_class_name"] = storage_class;
    if (!driver.is_null()) row["driver"] = driver;
    server.insert("kubepvclaims", row);
  }
  Reply classes(const std::string& body, const std::string& query = "") {
    return server.send("POST",
                       "/api/v1/backupinstances/" + point + "/action/list-storage-classes" + query,
                       body, json_headers());
  }

  Server server;
  std::string cluster = server.cluster();
  std::string point = server.recovery_point(cluster);
};

TEST_F(BackupinstancesTest, ListsEachStorageClassOnce) {
  claim("a", "csi-storageclass", "hostpath.csi.k8s.io");
  claim("b", "csi-storageclass", "hostpath.csi.k8s.io");
  claim("b", "fast", "nfs.csi.k8s.io");
  claim("c", nullptr, nullptr);

  const Reply reply = classes("");

  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(
      reply.text.starts_with("{\"_items\": [{\"storage_class_name\": \"csi-storageclass\", "
                             "\"driver\": \"hostpath.csi.k8s.io\"}"))
      << reply.text;
  EXPECT_EQ(reply.body["_items"].size(), 2U);
}

TEST_F(BackupinstancesTest, ListsTheStorageClassesOfSomeNamespaces) {
  claim("a", "one", "d");
  claim("b", "two", "d");

  EXPECT_EQ(classes(R"({"namespaces": ["b"]})").body["_items"],
            Json::parse(R"([{"storage_class_name": "two", "driver": "d"}])"));
  EXPECT_EQ(classes(R"({"namespaces": []})").body["_items"].size(), 2U);
  EXPECT_EQ(classes("{}").body["_items"].size(), 2U);
}

TEST_F(BackupinstancesTest, StorageClassesArePaged) {
  for (const char* name : {"a", "b", "c"}) claim("ns", name, "d");

  const Reply reply = classes("", "?page=2&max_results=2");

  EXPECT_EQ(reply.body["_items"], Json::parse(R"([{"storage_class_name": "c", "driver": "d"}])"));
  EXPECT_EQ(reply.body["_meta"]["total"], 3);
}

TEST_F(BackupinstancesTest, StorageClassRequestsAreChecked) {
  EXPECT_EQ(classes("{").status, 400);
  EXPECT_EQ(classes(R"({"namespaces": "x"})").issues()["namespaces"], "must be of list type");
  EXPECT_EQ(classes(R"({"namespaces": [1]})").issues()["namespaces"]["0"],
            "must be of string type");
}

TEST_F(BackupinstancesTest, ResourceTypesArePlainStrings) {
  const Reply reply = server.get("backupinstances/" + point + "/resource-types");

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.text, "{\"_items\": [\"secrets\", \"pods\"]}");
  EXPECT_EQ(server.get("backupinstances/5f80d0a8f281487d59c69f5e/resource-types").status, 404);
}

TEST_F(BackupinstancesTest, DeleteMarksItAndLeavesTheRestToAJob) {
  const std::string etag = server.get("backupinstances/" + point).body["_etag"];

  const Reply reply = server.remove("backupinstances/" + point);

  EXPECT_EQ(reply.status, 204);
  const Json after = server.get("backupinstances/" + point).body;
  EXPECT_EQ(after["state"], "DELETING");
  EXPECT_EQ(after["_etag"], etag);
  const Json job = server.get("jobs").body["_items"][0];
  EXPECT_EQ(job["type"], "DELETE_BACKUP");
  EXPECT_EQ(job["state"], "PENDING");
  EXPECT_EQ(job["backup_inst"], point);
  EXPECT_EQ(job["cluster"], cluster);
  EXPECT_EQ(server.calls.jobs_changed, 1);
}

TEST_F(BackupinstancesTest, DeletingTwiceMakesOneJob) {
  server.remove("backupinstances/" + point);

  EXPECT_EQ(server.remove("backupinstances/" + point).status, 204);
  EXPECT_EQ(server.count("jobs", "backup_inst", point), 1U);
}

TEST_F(BackupinstancesTest, DeleteIsRefusedWhileARestoreUsesIt) {
  const std::string job = server.insert(
      "jobs", {{"name", "j"}, {"type", "RESTORE"}, {"state", "RUNNING"}, {"backup_inst", point}});

  const Reply reply = server.remove("backupinstances/" + point);

  EXPECT_EQ(reply.status, 409);
  EXPECT_NE(reply.message().find(job), std::string::npos);
  EXPECT_EQ(server.get("backupinstances/" + point).body["state"], "READY");
}

TEST_F(BackupinstancesTest, LockedOnesAreKept) {
  server.edit("backupinstances", point, {{"status", {{"locked", true}}}});

  EXPECT_EQ(server.remove("backupinstances/" + point).status, 409);
}

TEST_F(BackupinstancesTest, LockedOnesCanGoWhenTheirTimeIsOver) {
  const EpochSeconds end = testing::StepClock::kStart + 1'000;
  server.edit("backupinstances", point,
              {{"status", {{"locked", true}}}, {"expiry_timestamp", end}});
  const Reply refused = server.remove("backupinstances/" + point);
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.message().find(rfc3339(end)), std::string::npos) << refused.message();

  server.clock.step(1'000);

  EXPECT_EQ(server.remove("backupinstances/" + point).status, 204);
}

TEST_F(BackupinstancesTest, VerifyMakesAJobThatTheAnswerNames) {
  const std::string etag = server.get("backupinstances/" + point).body["_etag"];

  const Reply reply = server.post("backupinstances/" + point + "/action/verify", Json::object());

  EXPECT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.body["_etag"], etag);
  const Json job = server.get("jobs/" + text_at(reply.body, "verify_jobid")).body;
  EXPECT_EQ(job["type"], "VERIFY");
  EXPECT_EQ(job["state"], "PENDING");
  EXPECT_EQ(job["backup_inst"], point);
  EXPECT_EQ(job["cluster"], cluster);
  EXPECT_EQ(server.calls.jobs_changed, 1);
}

TEST_F(BackupinstancesTest, OneVerificationAtATimeAndNoneOfWhatIsRemoved) {
  const std::string verify = "backupinstances/" + point + "/action/verify";
  ASSERT_EQ(server.post(verify, Json::object()).status, 200);

  EXPECT_EQ(server.post(verify, Json::object()).status, 409);
  EXPECT_EQ(server.remove("backupinstances/" + point).status, 409);
  server.edit("jobs", server.get("jobs").body["_items"][0]["_id"], {{"state", "COMPLETED"}});
  EXPECT_EQ(server.remove("backupinstances/" + point).status, 204);
  EXPECT_EQ(server.post(verify, Json::object()).status, 409);
}

TEST_F(BackupinstancesTest, DrillMakesAJobThatTheAnswerNames) {
  server.insert("kubenamespaces",
                {{"name", "shop"}, {"backupinst_id", point}, {"cluster_id", cluster}});
  const std::string other = server.cluster("other");

  const Reply reply =
      server.post("backupinstances/" + point + "/action/drill",
                  {{"cluster", other}, {"namespaces", {"shop"}}, {"ready_timeout_seconds", 60}});

  EXPECT_EQ(reply.status, 200) << reply.text;
  const std::string id = text_at(reply.body, "drill_jobid");
  const Json job = server.get("jobs/" + id).body;
  EXPECT_EQ(job["type"], "DRILL");
  EXPECT_EQ(job["state"], "PENDING");
  EXPECT_EQ(job["backup_inst"], point);
  EXPECT_EQ(job["cluster"], other);
  EXPECT_EQ(server.stored("jobs", id)["drill"],
            Json({{"namespaces", {"shop"}}, {"ready_timeout_seconds", 60}}));
}

TEST_F(BackupinstancesTest, ADrillGoesToTheRecoveryPointsOwnClusterUnlessOneIsNamed) {
  const Reply reply =
      server.send("POST", "/api/v1/backupinstances/" + point + "/action/drill", "", json_headers());

  EXPECT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(server.get("jobs/" + text_at(reply.body, "drill_jobid")).body["cluster"], cluster);
}

TEST_F(BackupinstancesTest, ADrillOfWhatIsNotThereIsRefused) {
  const std::string drill = "backupinstances/" + point + "/action/drill";

  const Reply unknown = server.post(drill, {{"namespaces", {"nowhere"}}});
  EXPECT_EQ(unknown.status, 422) << unknown.text;
  EXPECT_NE(unknown.text.find("nowhere"), std::string::npos);
  EXPECT_EQ(server.post(drill, {{"cluster", "5f80d09ff281487d59c69000"}}).status, 422);
  EXPECT_EQ(server.post(drill, {{"ready_timeout_seconds", -1}}).status, 422);
}

TEST_F(BackupinstancesTest, OneDrillAtATimeBesideAVerification) {
  const std::string actions = "backupinstances/" + point + "/action/";
  ASSERT_EQ(server.post(actions + "drill", Json::object()).status, 200);

  EXPECT_EQ(server.post(actions + "drill", Json::object()).status, 409);
  EXPECT_EQ(server.post(actions + "verify", Json::object()).status, 200);
  EXPECT_EQ(server.remove("backupinstances/" + point).status, 409);
}

TEST_F(BackupinstancesTest, ClientsCannotMakeOrChangeThem) {
  EXPECT_EQ(server.post("backupinstances", {{"name", "x"}}).status, 405);
  EXPECT_EQ(server.put("backupinstances/" + point, {{"name", "x"}}, "x").status, 405);
}

}  // namespace
}  // namespace salvor::api
