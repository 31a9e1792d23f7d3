#include "api/changing.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "api/testing/server.h"

namespace salvor::api {
namespace {

using testing::json_headers;
using testing::Reply;
using testing::Server;

class ChangingTest : public ::testing::Test {
 protected:
  Json definition(const std::string& name) {
    return {{"name", name},
            {"cluster", cluster},
            {"trigger_type", "ADHOC"},
            {"source", {{"all_namespaces", true}, {"label_selector", {{"app", "a"}}}}}};
  }
  std::string etag() { return server.get(path).body["_etag"]; }

  Server server;
  std::string cluster = server.cluster();
  Reply made = server.post("kubebackups", definition("b"));
  std::string id = made.body["_id"];
  std::string path = "kubebackups/" + id;
};

TEST_F(ChangingTest, PutReplacesAndAnswersTheDocument) {
  server.clock.step(10);

  const Reply reply = server.put(path, definition("c"), etag());

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body["name"], "c");
  EXPECT_EQ(reply.body["_status"], "OK");
  EXPECT_EQ(reply.body["_created"], made.body["_created"]);
  EXPECT_NE(reply.body["_updated"], made.body["_updated"]);
  EXPECT_NE(reply.body["_etag"], made.body["_etag"]);
  EXPECT_EQ(reply.header("ETag"), '"' + reply.body["_etag"].get<std::string>() + '"');
  EXPECT_EQ(reply.header("Last-Modified"), reply.body["_updated"].get<std::string>());
  EXPECT_FALSE(reply.body["_links"].contains("parent"));
}

TEST_F(ChangingTest, PutForgetsWhatIsAbsentButNotWhatTheServerOwns) {
  server.edit("kubebackups", id, {{"status", {{"last_job_run_time", 7}}}});
  Json body = definition("b");
  body["source"].erase("label_selector");
  body["status"] = Json::object();

  const Reply reply = server.put(path, body, etag());

  EXPECT_FALSE(reply.body["source"].contains("label_selector"));
  EXPECT_EQ(reply.body["status"]["last_job_run_time"], 7);
}

TEST_F(ChangingTest, AnUnchangedGetBodyMustLoseItsMetaFieldsFirst) {
  Json body = server.get(path).body;

  const Reply refused = server.put(path, body, etag());
  for (const char* name : {"_created", "_updated", "_links", "_etag"}) body.erase(name);
  const Reply taken = server.put(path, body, etag());

  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.issues()["_links"], "unknown field");
  EXPECT_FALSE(refused.body.contains("_error"));
  EXPECT_EQ(taken.status, 200);
}

TEST_F(ChangingTest, PatchMergesObjectsAndReplacesLists) {
  const Reply reply = server.patch(
      path, {{"pause", true}, {"source", {{"label_selector", {{"tier", "x"}}}}}}, etag());

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body["pause"], true);
  EXPECT_EQ(reply.body["source"]["all_namespaces"], true);
  EXPECT_EQ(reply.body["source"]["label_selector"], (Json{{"app", "a"}, {"tier", "x"}}));
  EXPECT_EQ(reply.header("Last-Modified"), "");
}

TEST_F(ChangingTest, PatchTakesAKeyOutOfAFreeMapWithNull) {
  const Reply reply =
      server.patch(path, {{"source", {{"label_selector", {{"app", nullptr}}}}}}, etag());

  EXPECT_EQ(reply.body["source"]["label_selector"], Json::object());
}

TEST_F(ChangingTest, EveryPatchGivesANewEtag) {
  const Reply reply = server.patch(path, Json::object(), etag());

  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.body["_etag"], made.body["_etag"]);
}

TEST_F(ChangingTest, IfMatchIsRequiredAndMustBeFresh) {
  const std::string text = "To edit a document its etag must be provided using the If-Match header";
  for (const char* method : {"PUT", "PATCH"}) {
    const Reply missing =
        server.send(method, "/api/v1/" + path, compact(definition("b")), json_headers());
    EXPECT_EQ(missing.status, 428);
    EXPECT_EQ(missing.message(), text);
    const Reply stale =
        server.send(method, "/api/v1/" + path, compact(definition("b")),
                    json_headers({{"If-Match", "\"" + std::string(40, 'a') + "\""}}));
    EXPECT_EQ(stale.status, 412);
    EXPECT_EQ(stale.message(), "Client and server etags don't match");
  }
}

TEST_F(ChangingTest, QuotedWeakAndBareEtagsAreTaken) {
  EXPECT_EQ(server.patch(path, Json::object(), '"' + etag() + '"').status, 200);
  EXPECT_EQ(server.patch(path, Json::object(), "W/\"" + etag() + '"').status, 200);
  EXPECT_EQ(server.patch(path, Json::object(), etag()).status, 200);
}

TEST_F(ChangingTest, ChecksComeInEvesOrder) {
  const std::string nowhere = "/api/v1/kubebackups/5f80d0a8f281487d59c69f5e";

  EXPECT_EQ(server.send("PUT", nowhere, "{", json_headers()).status, 400);
  EXPECT_EQ(server.send("PUT", nowhere, "{}", json_headers()).status, 404);
  EXPECT_EQ(server.send("PUT", "/api/v1/" + path, "{}", json_headers()).status, 428);
  EXPECT_EQ(server.put(path, Json::object(), std::string(40, 'a')).status, 412);
  EXPECT_EQ(server.put(path, Json::object(), etag()).status, 422);
}

TEST_F(ChangingTest, TheIdMayBeRepeatedButNotChanged) {
  EXPECT_EQ(server.patch(path, {{"_id", id}}, etag()).status, 200);
  const Reply reply = server.patch(path, {{"_id", "5f80d0a8f281487d59c69f5e"}}, etag());

  EXPECT_EQ(reply.status, 400);
  EXPECT_TRUE(reply.message().starts_with("Attempt to update an immutable field."));
}

TEST_F(ChangingTest, ReferencesAndNamesAreCheckedAgain) {
  server.post("kubebackups", definition("taken"));

  const Reply reply =
      server.patch(path, {{"name", "taken"}, {"cluster", "5f80d0a8f281487d59c69f5e"}}, etag());

  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.issues()["name"], "value 'taken' is not unique");
  EXPECT_NE(reply.issues()["cluster"].get<std::string>().find("must exist"), std::string::npos);
}

TEST_F(ChangingTest, PatchDoesNotMindThatAnotherFieldsReferenceHasGone) {
  server.send("DELETE", "/api/v1/kubeclusters/" + cluster);

  EXPECT_EQ(server.patch(path, {{"pause", true}}, etag()).status, 200);
  EXPECT_EQ(server.put(path, definition("b"), etag()).status, 422);
}

TEST_F(ChangingTest, TheServersOwnWritesDoNotDisturbAnEtag) {
  const std::string before = etag();
  server.edit("kubebackups", id, {{"status", {{"last_job_run_time", 9}}}});

  const Reply reply = server.patch(path, {{"pause", true}}, before);

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body["status"]["last_job_run_time"], 9);
}

TEST_F(ChangingTest, OfManyWritersWithOneEtagExactlyOneWins) {
  const std::string before = etag();
  std::atomic<int> won{0};
  std::atomic<int> lost{0};
  {
    std::vector<std::jthread> writers;  // the point is that they are at it at once
    for (int i = 0; i < 8; ++i) {
      writers.emplace_back([&, i] {
        const int status = server.patch(path, {{"name", "w" + std::to_string(i)}}, before).status;
        if (status == 200) ++won;
        if (status == 412) ++lost;
      });
    }
  }

  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 7);
}

TEST_F(ChangingTest, OverrideTurnsAPostIntoAnotherMethod) {
  const Reply patched =
      server.send("POST", "/api/v1/" + path, "{\"pause\": true}",
                  json_headers({{"If-Match", etag()}, {"X-HTTP-Method-Override", "patch"}}));
  const Reply refused =
      server.send("POST", "/api/v1/" + path, "{}", json_headers({{"If-Match", etag()}}));
  const Reply ignored =
      server.send("GET", "/api/v1/" + path, "", {{"X-HTTP-Method-Override", "DELETE"}});

  EXPECT_EQ(patched.status, 200);
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(ignored.status, 200);
  EXPECT_EQ(server.get(path).status, 200);
}

}  // namespace
}  // namespace salvor::api
