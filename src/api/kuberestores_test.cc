#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "api/testing/server.h"

namespace salvor::api {
namespace {

using testing::json_headers;
using testing::Reply;
using testing::Server;

class KuberestoresTest : public ::testing::Test {
 protected:
  Json restore(const Json& more = Json::object()) {
    Json body = {
        {"name", "testrestore"}, {"backup_inst", point}, {"selection", {{"all_namespaces", true}}}};
    body.update(more);
    return body;
  }
  std::string make(const Json& more = Json::object()) {
    return server.post("kuberestores", restore(more)).body["_id"];
  }
  Reply run(const std::string& id) {
    return server.send("POST", "/api/v1/kuberestores/" + id + "/action/run");
  }

  Reply undo(const std::string& id, const std::string& job = "") {
    const std::string path = "kuberestores/" + id + "/action/undo";
    return server.post(path, job.empty() ? Json::object() : Json{{"job_id", job}});
  }

  Server server;
  std::string cluster = server.cluster();
  std::string point = server.recovery_point(cluster);
};

TEST_F(KuberestoresTest, PostFillsInTheClusterAndTheStatus) {
  const Reply reply = server.post("kuberestores", restore());

  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.body["cluster"], cluster);
  EXPECT_EQ(reply.body["source_cluster"], cluster);
  EXPECT_EQ(reply.body["status"]["state"], "PENDING");
  EXPECT_EQ(reply.body["status"]["source_cluster"], cluster);
  EXPECT_EQ(reply.body["selection"]["restorePersistentVolumes"], true);
  EXPECT_EQ(reply.body["_links"]["related"]["backup_inst"]["href"], "/v1/backupinstances/" + point);
  EXPECT_EQ(server.get("kuberestores").body["_items"][0]["status"]["state"], "PENDING");
}

TEST_F(KuberestoresTest, TheExampleOfTheGuideIsTaken) {
  const Reply reply =
      server.post("kuberestores", restore({{"namespaces_map", {{"kube-system", "new-kube-system"}}},
                                           {"namespaces_prefix", "abc-"},
                                           {"namespaces_suffix", "-def"}}));

  EXPECT_EQ(reply.status, 201) << reply.text;
}

TEST_F(KuberestoresTest, AnotherClusterMayBeTheTarget) {
  const std::string other = server.cluster("other");

  const Reply reply = server.post("kuberestores", restore({{"cluster", other}}));

  EXPECT_EQ(reply.body["cluster"], other);
  EXPECT_EQ(reply.body["source_cluster"], cluster);
}

TEST_F(KuberestoresTest, OnlyReadyRecoveryPointsAreTaken) {
  server.edit("backupinstances", point, {{"state", "DELETING"}});

  const Reply reply = server.post("kuberestores", restore());

  EXPECT_EQ(reply.status, 422);
  EXPECT_NE(reply.issues()["backup_inst"].get<std::string>().find("DELETING"), std::string::npos);
}

TEST_F(KuberestoresTest, ATargetMustBeNamedWhenTheClusterIsGone) {
  server.remove("kubeclusters/" + cluster);

  const Reply reply = server.post("kuberestores", restore());

  EXPECT_EQ(reply.status, 422);
  EXPECT_TRUE(reply.issues()["cluster"].get<std::string>().starts_with("required field"));
}

struct NameCase {
  Json fields;
  std::string field;
};

TEST_F(KuberestoresTest, NamesThatNoNamespaceCanHaveAreRefused) {
  for (const NameCase& expected :
       {NameCase{{{"namespaces_prefix", "Abc-"}}, "namespaces_prefix"},
        NameCase{{{"namespaces_prefix", "-abc"}}, "namespaces_prefix"},
        NameCase{{{"namespaces_suffix", "-def-"}}, "namespaces_suffix"},
        NameCase{{{"namespaces_suffix", "_x"}}, "namespaces_suffix"},
        NameCase{{{"namespaces_map", {{"web", "Web"}}}}, "namespaces_map"},
        NameCase{{{"namespaces_map", {{"web", ""}}}}, "namespaces_map"},
        NameCase{{{"namespaces_map", {{"web", std::string(64, 'a')}}}}, "namespaces_map"},
        NameCase{{{"namespaces_prefix", std::string(61, 'a')}}, "namespaces_prefix"},
        NameCase{{{"namespaces_suffix", std::string(61, 'a')}}, "namespaces_suffix"},
        NameCase{{{"namespaces_map", {{"web", "db"}}}}, "namespaces_map"},
        NameCase{{{"namespaces_map", {{"web", "one"}, {"db", "one"}}}}, "namespaces_map"},
        NameCase{{{"namespaces_map", {{"web", "x-db"}}}, {"namespaces_prefix", "x-"}},
                 "namespaces_map"}}) {
    const Reply reply = server.post("kuberestores", restore(expected.fields));
    EXPECT_EQ(reply.status, 422) << expected.fields;
    EXPECT_TRUE(reply.issues().contains(expected.field)) << expected.fields << reply.text;
  }
}

TEST_F(KuberestoresTest, NamespacesThatAreNotSelectedDoNotCollide) {
  const Reply reply = server.post("kuberestores", restore({{"selection", {{"namespaces", {"web"}}}},
                                                           {"namespaces_map", {{"web", "db"}}}}));

  EXPECT_EQ(reply.status, 201) << reply.text;
}

TEST_F(KuberestoresTest, PutChecksAgainAndKeepsTheStatus) {
  const std::string id = make();
  server.edit("kuberestores", id, {{"status", {{"jobid", "x"}}}});
  const std::string etag = server.get("kuberestores/" + id).body["_etag"];

  const Reply bad =
      server.put("kuberestores/" + id, restore({{"namespaces_map", {{"web", "db"}}}}), etag);
  const Reply good = server.put("kuberestores/" + id, restore({{"namespaces_prefix", "a-"}}), etag);

  EXPECT_EQ(bad.status, 422);
  EXPECT_TRUE(bad.issues().contains("namespaces_map"));
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.body["status"]["jobid"], "x");
  EXPECT_EQ(good.body["cluster"], cluster);
}

TEST_F(KuberestoresTest, RunMakesAJobAndSaysSo) {
  const std::string id = make();
  const std::string etag = server.get("kuberestores/" + id).body["_etag"];

  const Reply reply = run(id);

  EXPECT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.body["status"]["state"], "JOB_CREATED");
  EXPECT_EQ(reply.body["_etag"], etag);
  const std::string job_id = reply.body["status"]["jobid"];
  const Json job = server.get("jobs/" + job_id).body;
  EXPECT_EQ(job["type"], "RESTORE");
  EXPECT_EQ(job["state"], "PENDING");
  EXPECT_EQ(job["restoredef"], id);
  EXPECT_EQ(job["restoredef_name"], "testrestore");
  EXPECT_EQ(job["backup_inst"], point);
  EXPECT_EQ(job["cluster"], cluster);
  EXPECT_EQ(job["cluster_name"], "testcluster");
  EXPECT_EQ(job["activity"], Json::array());
  EXPECT_FALSE(job.contains("backupdef"));
  EXPECT_EQ(server.calls.jobs_changed, 1);
}

TEST_F(KuberestoresTest, RunIgnoresItsBody) {
  const Reply reply = server.send("POST", "/api/v1/kuberestores/" + make() + "/action/run",
                                  "rubbish", {{"Content-Type", "text/plain"}});

  EXPECT_EQ(reply.status, 200);
}

TEST_F(KuberestoresTest, RunHoldsToAPlan) {
  const std::string hash(64, 'a');
  const std::string path = "/api/v1/kuberestores/" + make() + "/action/run";
  const http::Headers is_json = {{"Content-Type", "application/json"}};

  EXPECT_EQ(server.send("POST", path, R"({"plan_hash": "short"})", is_json).status, 422);
  EXPECT_EQ(server.send("POST", path, R"({"hash": "x"})", is_json).issues()["hash"],
            "unknown field");
  const Reply reply = server.send("POST", path, R"({"plan_hash": ")" + hash + "\"}", is_json);

  EXPECT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(
      server.get("jobs/" + reply.body["status"]["jobid"].get<std::string>()).body["plan_hash"],
      hash);
}

TEST_F(KuberestoresTest, PlanMakesAJobAndLeavesTheStateAlone) {
  const std::string id = make();
  const std::string etag = server.get("kuberestores/" + id).body["_etag"];

  const Reply reply = server.send("POST", "/api/v1/kuberestores/" + id + "/action/plan");

  EXPECT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.body["status"]["state"], "PENDING");
  EXPECT_FALSE(reply.body["status"].contains("jobid"));
  EXPECT_EQ(reply.body["_etag"], etag);
  const Json job = server.get("jobs/" + reply.body["status"]["plan_jobid"].get<std::string>()).body;
  EXPECT_EQ(job["type"], "RESTORE_PLAN");
  EXPECT_EQ(job["restoredef"], id);
  EXPECT_EQ(run(id).status, 409) << "while the plan is made";
}

TEST_F(KuberestoresTest, UndoTakesBackTheLastRun) {
  const std::string id = make();
  const std::string done = run(id).body["status"]["jobid"];
  EXPECT_EQ(undo(id).status, 409) << "while the run goes on";
  server.edit("jobs", done, {{"state", "COMPLETED"}});

  const Reply reply = undo(id);

  EXPECT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.body["status"]["jobid"], done);
  const Json job = server.get("jobs/" + reply.body["status"]["undo_jobid"].get<std::string>()).body;
  EXPECT_EQ(job["type"], "RESTORE_UNDO");
  EXPECT_EQ(job["undo_of"], done);
  EXPECT_EQ(run(id).status, 409) << "while it is taken back";
}

TEST_F(KuberestoresTest, UndoTakesOnlyRunsOfThisRestore) {
  const std::string id = make();
  EXPECT_EQ(undo(id).status, 409) << "never run";
  const std::string other = make({{"name", "other"}});
  const std::string others = run(other).body["status"]["jobid"];
  server.edit("jobs", others, {{"state", "COMPLETED"}});
  const std::string mine = run(id).body["status"]["jobid"];
  server.edit("jobs", mine, {{"state", "PARTIAL"}});

  EXPECT_EQ(undo(id, others).status, 409);
  EXPECT_EQ(undo(id, "5f80d0a8f281487d59c69f5e").status, 409);
  EXPECT_EQ(undo(id, "short").status, 422);
  EXPECT_EQ(undo(id, mine).status, 200);
}

TEST_F(KuberestoresTest, ASecondRunNamesTheFirstOnesJob) {
  const std::string id = make();
  const std::string job = run(id).body["status"]["jobid"];

  const Reply refused = run(id);
  server.edit("jobs", job, {{"state", "COMPLETED"}});
  const Reply again = run(id);

  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.message().find(job), std::string::npos);
  EXPECT_EQ(again.status, 200);
  EXPECT_GT(server.stored("jobs", again.body["status"]["jobid"])["start_time"],
            server.stored("jobs", job)["start_time"]);
}

TEST_F(KuberestoresTest, OfTwoRunsAtOnceExactlyOneWins) {
  const std::string id = make();
  std::atomic<int> won{0};
  {
    std::vector<std::jthread> callers;  // the point is that they are at it at once
    for (int i = 0; i < 6; ++i) {
      callers.emplace_back([&] { won += run(id).status == 200 ? 1 : 0; });
    }
  }

  EXPECT_EQ(won, 1);
  EXPECT_EQ(server.count("jobs", "restoredef", id), 1U);
}

TEST_F(KuberestoresTest, RunNeedsTheRecoveryPointAndTheCluster) {
  const std::string first = make();
  server.edit("backupinstances", point, {{"state", "DELETING"}});
  const Reply no_point = run(first);
  server.edit("backupinstances", point, {{"state", "READY"}});
  server.remove("kubeclusters/" + cluster);
  const Reply no_cluster = run(first);

  EXPECT_EQ(no_point.status, 409);
  EXPECT_EQ(no_cluster.status, 409);
  EXPECT_EQ(server.count("jobs", "restoredef", first), 0U);
}

TEST_F(KuberestoresTest, RunOfNothingIs404) {
  EXPECT_EQ(run("5f80d0a8f281487d59c69f5e").status, 404);
}

TEST_F(KuberestoresTest, DeleteIsRefusedWhileTheJobRuns) {
  const std::string id = make();
  const std::string job = run(id).body["status"]["jobid"];

  const Reply refused = server.remove("kuberestores/" + id);
  server.edit("jobs", job, {{"state", "FAILED"}});
  const Reply done = server.remove("kuberestores/" + id);

  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.message().find(job), std::string::npos);
  EXPECT_EQ(done.status, 204);
}

}  // namespace
}  // namespace salvor::api
