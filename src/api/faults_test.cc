// Each request, with each of its calls to the catalog failing in turn.
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "api/testing/server.h"

namespace salvor::api {
namespace {

using testing::Reply;
using testing::Server;

// More calls than any request makes.
constexpr int kCallsMax = 20;

class FaultsTest : public ::testing::Test {
 protected:
  // The key is looked up once and known from then on.
  FaultsTest() { server.get("jobs"); }

  // Sends the request until no fault is met; each one before that must be answered with `status`
  // and leave the number of jobs as it was. Returns how many faults were met.
  int sweep(const std::function<Reply()>& send, ErrorCode code, int status) {
    for (int call = 0; call < kCallsMax; ++call) {
      const std::size_t jobs = server.count("jobs", "cluster", cluster);
      server.faults().fail_at(call, code);
      const Reply reply = send();
      const bool fired = server.faults().fired();
      server.faults().stop();
      if (!fired) {
        EXPECT_LT(reply.status, 300) << reply.text;
        return call;
      }
      EXPECT_EQ(reply.status, status) << "call " << call << ": " << reply.text;
      EXPECT_EQ(reply.body["_status"], "ERR");
      EXPECT_EQ(server.count("jobs", "cluster", cluster), jobs) << "call " << call;
    }
    ADD_FAILURE() << "the request makes more calls than this test knows";
    return kCallsMax;
  }
  int sweep(const std::function<Reply()>& send) { return sweep(send, ErrorCode::unavailable, 503); }
  Json backup(const std::string& name) {
    return {{"name", name},
            {"cluster", cluster},
            {"trigger_type", "ADHOC"},
            {"source", {{"all_namespaces", true}}}};
  }
  Json restore() {
    return {{"name", "r"},
            {"backup_inst", point},
            {"namespaces_prefix", "a-"},
            {"selection", {{"all_namespaces", true}}}};
  }

  Server server;
  std::string cluster = server.cluster();
  std::string point = server.recovery_point(cluster);
};

TEST_F(FaultsTest, OfReading) {
  EXPECT_EQ(sweep([&] { return server.get("jobs"); }), 1);
  EXPECT_EQ(sweep([&] { return server.get("kubeclusters/" + cluster); }), 1);
  EXPECT_EQ(sweep([&] { return server.get("backupinstances?embedded={\"cluster\":1}"); }), 2);
}

TEST_F(FaultsTest, OfMakingAndChanging) {
  EXPECT_GE(sweep([&] { return server.post("kubebackups", backup("b")); }), 3);
  EXPECT_GE(sweep([&] { return server.post("kuberestores", restore()); }), 5);
  const Json made = server.get("kuberestores").body["_items"][0];
  const std::string path = "kuberestores/" + made["_id"].get<std::string>();
  EXPECT_GE(sweep([&] { return server.put(path, restore(), made["_etag"]); }), 5);
}

TEST_F(FaultsTest, OfActions) {
  const std::string backup_id = server.post("kubebackups", backup("b")).body["_id"];
  const std::string restore_id = server.post("kuberestores", restore()).body["_id"];
  const auto act = [&](const std::string& path) {
    return [this, path] { return server.send("POST", "/api/v1/" + path); };
  };

  EXPECT_EQ(sweep(act("kubebackups/" + backup_id + "/action/run")), 3);
  EXPECT_EQ(sweep(act("kuberestores/" + restore_id + "/action/run")), 3);
  EXPECT_EQ(sweep(act("backupinstances/" + point + "/action/list-storage-classes")), 2);
}

TEST_F(FaultsTest, OfRemoving) {
  const std::string idle = server.cluster("idle");

  EXPECT_EQ(sweep([&] { return server.remove("backupinstances/" + point); }), 3);
  EXPECT_EQ(sweep([&] { return server.remove("kubeclusters/" + idle); }), 2);
}

TEST_F(FaultsTest, OfTheExchange) {
  EXPECT_GE(sweep([&] { return server.get("catalog/export"); }), 10);
  const Json body = {
      {"kubenamespaces",
       {{{"name", "n"}, {"cluster_id", cluster}}, {{"name", "m"}, {"cluster_id", cluster}}}}};
  // An import may bring keys, so they are all looked up again: the key, the references, the commit.
  EXPECT_EQ(sweep([&] { return server.post("catalog/import", body); }), 3);
}

TEST_F(FaultsTest, OfTheLookupOfAKeyAreNoRefusalOfTheKey) {
  const auto send = [&] {
    return server.send("GET", "/api/v1/jobs", "", {{"Authorization", server.user_key()}});
  };

  EXPECT_EQ(sweep(send), 2);  // the key, the list: neither is a 401
}

TEST_F(FaultsTest, AreAnsweredByTheirKind) {
  const auto post = [&] { return server.post("kubebackups", backup("b")); };
  server.faults().fail_at(2, ErrorCode::exhausted);
  EXPECT_EQ(post().status, 507);
  server.faults().fail_at(2, ErrorCode::corrupt);
  const Reply corrupt = post();
  EXPECT_EQ(corrupt.status, 500);
  EXPECT_EQ(corrupt.text.find("database"), std::string::npos);
}

TEST_F(FaultsTest, ACanceledJobIsCanceledEvenIfItsBackupCannotBeTold) {
  const std::string id = server.post("kubebackups", backup("b")).body["_id"];
  server.send("POST", "/api/v1/kubebackups/" + id + "/action/run");
  const std::string job = server.stored("kubebackups", id)["status"]["jobs"][0]["jobid"];
  server.faults().fail_at(2, ErrorCode::unavailable);

  const Reply reply = server.send("POST", "/api/v1/jobs/" + job + "/action/cancel");

  EXPECT_TRUE(server.faults().fired());
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body["state"], "CANCELED");
}

}  // namespace
}  // namespace salvor::api
