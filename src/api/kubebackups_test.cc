#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/testing/server.h"

namespace salvor::api {
namespace {

using testing::json_headers;
using testing::Reply;
using testing::Server;

class KubebackupsTest : public ::testing::Test {
 protected:
  Json definition() {
    return {{"name", "testbackup"},
            {"cluster", cluster},
            {"trigger_type", "ADHOC"},
            {"source", {{"all_namespaces", true}}},
            {"status", Json::object()}};
  }
  Reply run(const std::string& body = "") {
    return server.send("POST", "/api/v1/kubebackups/" + id + "/action/run", body,
                       body.empty() ? http::Headers{} : json_headers());
  }
  Json newest_job() {
    return server.get("jobs?sort=-start_time&where={\"backupdef\":\"" + id + "\"}")
        .body["_items"][0];
  }
  void end_job() { server.edit("jobs", newest_job()["_id"], {{"state", "COMPLETED"}}); }

  Server server;
  std::string cluster = server.cluster();
  std::string id = server.post("kubebackups", definition()).body["_id"];
};

TEST_F(KubebackupsTest, AScheduledOneNeedsAPolicy) {
  Json body = definition();
  body["name"] = "scheduled";
  body["trigger_type"] = "SCHEDULED";

  const Reply without = server.post("kubebackups", body);
  body["policy"] = "5f80d0a8f281487d59c69f5e";
  const Reply unknown = server.post("kubebackups", body);

  EXPECT_EQ(without.status, 422);
  EXPECT_TRUE(without.issues().contains("policy"));
  EXPECT_EQ(unknown.status, 422);
  EXPECT_TRUE(unknown.issues().contains("policy"));
}

TEST_F(KubebackupsTest, RunAnswersTheDefinitionAsItWas) {
  const Reply first = run();
  end_job();
  const EpochSeconds first_time = server.stored("kubebackups", id)["status"]["last_job_run_time"];
  const Reply second = run();

  EXPECT_EQ(first.status, 200) << first.text;
  EXPECT_FALSE(first.body["status"].contains("last_job_run_time"));
  EXPECT_EQ(second.body["status"]["last_job_run_time"], first_time);
  EXPECT_GT(newest_job()["start_time"], first_time);
}

TEST_F(KubebackupsTest, RunMakesAJobWithAllThatClientsRead) {
  run(R"({"retention": {"retainDays": 3}, "runBackup": true})");

  const Json job = newest_job();
  EXPECT_EQ(job["type"], "K8S_SNAP");
  EXPECT_EQ(job["state"], "PENDING");
  EXPECT_EQ(job["name"], "kubecluster-1602277544");
  EXPECT_EQ(job["start_time"], 1602277544);
  EXPECT_EQ(job["cluster"], cluster);
  EXPECT_EQ(job["cluster_name"], "testcluster");
  EXPECT_EQ(job["backupdef"], id);
  EXPECT_EQ(job["backupdef_name"], "testbackup");
  EXPECT_EQ(job["retention"]["retainDays"], 3);
  EXPECT_EQ(job["activity"], Json::array());
  EXPECT_EQ(server.calls.jobs_changed, 1);
}

TEST_F(KubebackupsTest, RunNeverDisturbsAnEtag) {
  const Json before = server.get("kubebackups/" + id).body;

  run();

  const Json after = server.get("kubebackups/" + id).body;
  EXPECT_EQ(after["_etag"], before["_etag"]);
  EXPECT_EQ(after["_updated"], before["_updated"]);
}

TEST_F(KubebackupsTest, TheLastThreeRunsAreShownNewestFirst) {
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(run().status, 200);
    end_job();
  }

  const Json runs = server.get("kubebackups/" + id).body["status"]["jobs"];
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0]["jobid"], newest_job()["_id"]);
  for (const auto& [key, value] : runs[0].items()) EXPECT_TRUE(value.is_string()) << key;
}

TEST_F(KubebackupsTest, RunIsRefusedWhileAJobIsActive) {
  run();

  const Reply reply = run();

  EXPECT_EQ(reply.status, 409);
  EXPECT_NE(reply.message().find(newest_job()["_id"].get<std::string>()), std::string::npos);
}

TEST_F(KubebackupsTest, RunChecksItsBody) {
  EXPECT_EQ(run("{").status, 400);
  EXPECT_EQ(run("[]").status, 422);
  const Reply days = run(R"({"retention": {"retainDays": 0}})");
  EXPECT_EQ(days.status, 422);
  EXPECT_EQ(days.issues()["retention"]["retainDays"], "min value is 1");
  EXPECT_EQ(run(R"({"nosuch": 1})").issues()["nosuch"], "unknown field");
  EXPECT_EQ(server.count("jobs", "backupdef", id), 0U);
}

TEST_F(KubebackupsTest, RunNeedsTheCluster) {
  server.remove("kubeclusters/" + cluster);

  EXPECT_EQ(run().status, 409);
}

TEST_F(KubebackupsTest, PauseIsPatched) {
  const std::string etag = server.get("kubebackups/" + id).body["_etag"];

  const Reply reply = server.patch("kubebackups/" + id, {{"pause", true}}, etag);

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body["pause"], true);
}

TEST_F(KubebackupsTest, DeleteIsRefusedWhileAJobRuns) {
  run();
  EXPECT_EQ(server.remove("kubebackups/" + id).status, 409);
  end_job();

  EXPECT_EQ(server.remove("kubebackups/" + id).status, 204);
}

TEST_F(KubebackupsTest, AJobCanceledBeforeItBeganIsOverAndNoted) {
  run();
  const std::string job = newest_job()["_id"];

  const Reply reply = server.send("POST", "/api/v1/jobs/" + job + "/action/cancel");

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body["state"], "CANCELED");
  EXPECT_EQ(reply.body["end_time"], 1602277544);
  EXPECT_EQ(server.get("kubebackups/" + id).body["status"]["jobs"][0]["state"], "CANCELED");
  EXPECT_EQ(server.calls.jobs_changed, 2);
}

TEST_F(KubebackupsTest, ARunningJobIsAskedToStopOnceOrTwice) {
  run();
  const std::string job = newest_job()["_id"];
  server.edit("jobs", job, {{"state", "RUNNING"}});

  for (int i = 0; i < 2; ++i) {
    const Reply reply = server.send("POST", "/api/v1/jobs/" + job + "/action/cancel");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body["state"], "CANCELLING");
  }
}

TEST_F(KubebackupsTest, AJobThatIsOverCannotBeCanceled) {
  run();
  end_job();

  const Reply reply = server.send(
      "POST", "/api/v1/jobs/" + newest_job()["_id"].get<std::string>() + "/action/cancel");

  EXPECT_EQ(reply.status, 409);
  EXPECT_NE(reply.message().find("COMPLETED"), std::string::npos);
}

}  // namespace
}  // namespace salvor::api
