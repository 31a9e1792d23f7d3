#include "api/creating.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/testing/server.h"

namespace salvor::api {
namespace {

using testing::json_headers;
using testing::Reply;
using testing::Server;

const std::string kNowhere = "5f80d0a8f281487d59c69f5e";

class CreatingTest : public ::testing::Test {
 protected:
  Json backup(const std::string& name) {
    return {{"name", name},
            {"cluster", cluster},
            {"trigger_type", "ADHOC"},
            {"source", {{"all_namespaces", true}}}};
  }
  Server server;
  std::string cluster = server.cluster();
};

TEST_F(CreatingTest, AnswersTheWholeDocumentAndItsMetaFields) {
  const Reply reply = server.post("kubebackups", backup("b"));

  EXPECT_EQ(reply.status, 201);
  const std::string id = reply.body["_id"];
  EXPECT_EQ(reply.header("Location"), "/api/v1/kubebackups/" + id);
  EXPECT_EQ(reply.header("ETag"), '"' + reply.body["_etag"].get<std::string>() + '"');
  EXPECT_EQ(reply.header("Last-Modified"), "");
  EXPECT_EQ(reply.body["_status"], "OK");
  EXPECT_EQ(reply.body["name"], "b");
  EXPECT_EQ(reply.body["_created"], "Fri, 09 Oct 2020 21:05:44 GMT");
  EXPECT_EQ(reply.body["_updated"], reply.body["_created"]);
  EXPECT_EQ(reply.body["_links"]["self"]["href"], "/v1/kubebackups/" + id);
  EXPECT_EQ(reply.body["_links"]["related"]["cluster"]["title"], "Kubecluster");
  EXPECT_FALSE(reply.body["_links"].contains("parent"));
  EXPECT_TRUE(reply.text.ends_with("}, \"_status\": \"OK\"}"));
}

TEST_F(CreatingTest, StoresDefaultsAlsoInsideDocumentsThatArePresent) {
  const Reply reply = server.post("kubebackups", backup("b"));

  EXPECT_EQ(reply.body["pause"], false);
  EXPECT_EQ(reply.body["source"]["snapshotPersistentVolumes"], true);
}

TEST_F(CreatingTest, TakesAnIdOfTheClientOnce) {
  Json body = backup("b");
  body["_id"] = kNowhere;

  const Reply first = server.post("kubebackups", body);
  body["name"] = "c";
  const Reply second = server.post("kubebackups", body);

  EXPECT_EQ(first.body["_id"], kNowhere);
  EXPECT_EQ(second.status, 409);
}

TEST_F(CreatingTest, RefusesTheOtherMetaFields) {
  for (const char* name : {"_created", "_updated", "_etag", "_links"}) {
    Json body = backup("b");
    body[name] = "x";
    const Reply reply = server.post("kubebackups", body);
    EXPECT_EQ(reply.status, 422);
    EXPECT_EQ(reply.issues(), (Json{{name, "unknown field"}}));
  }
}

TEST_F(CreatingTest, DropsAStatusThatTheClientSends) {
  Json body = backup("b");
  body["status"] = {{"last_job_run_time", 5}};

  const Reply reply = server.post("kubebackups", body);

  EXPECT_EQ(reply.status, 201);
  EXPECT_FALSE(reply.body["status"].contains("last_job_run_time"));
}

TEST_F(CreatingTest, NamesEveryWrongFieldAtOnce) {
  const Reply reply = server.post(
      "kubebackups", {{"nosuch", 1}, {"cluster", kNowhere}, {"source", {{"namespaces", {1}}}}});

  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.body["_status"], "ERR");
  EXPECT_EQ(reply.body["_error"]["message"],
            "Insertion failure: 1 document(s) contain(s) error(s)");
  EXPECT_EQ(reply.issues()["name"], "required field");
  EXPECT_EQ(reply.issues()["nosuch"], "unknown field");
  EXPECT_EQ(reply.issues()["source"]["namespaces"]["0"], "must be of string type");
}

TEST_F(CreatingTest, RefusesReferencesToNothing) {
  Json body = backup("b");
  body["cluster"] = kNowhere;
  body["policy"] = kNowhere;

  const Reply reply = server.post("kubebackups", body);

  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.issues()["cluster"],
            "value '" + kNowhere + "' must exist in resource 'kubeclusters', field '_id'.");
  EXPECT_EQ(reply.issues()["policy"],
            "value '" + kNowhere + "' must exist in resource 'policies', field '_id'.");
}

TEST_F(CreatingTest, RefusesANameThatIsTaken) {
  server.post("kubebackups", backup("b"));

  const Reply reply = server.post("kubebackups", backup("b"));

  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.issues(), (Json{{"name", "value 'b' is not unique"}}));
}

TEST_F(CreatingTest, StoresSeveralOrNone) {
  const Reply good = server.post("kubebackups", {backup("a"), backup("b")});
  const Reply bad = server.post("kubebackups", {backup("c"), {{"name", 1}}});

  EXPECT_EQ(good.status, 201);
  ASSERT_EQ(good.body["_items"].size(), 2U);
  EXPECT_EQ(good.header("Location"),
            "/api/v1/kubebackups/" + good.body["_items"][0]["_id"].get<std::string>());
  EXPECT_EQ(good.header("ETag"), "");
  EXPECT_EQ(bad.status, 422);
  EXPECT_EQ(bad.body["_items"][0], (Json{{"_status", "OK"}}));
  EXPECT_EQ(bad.body["_items"][1]["_status"], "ERR");
  EXPECT_EQ(bad.body["_items"][1]["_issues"]["name"], "must be of string type");
  EXPECT_EQ(bad.message(), "Insertion failure: 1 document(s) contain(s) error(s)");
  EXPECT_EQ(server.get("kubebackups").body["_meta"]["total"], 2);
}

TEST_F(CreatingTest, RefusesOneNameTwiceInOneBody) {
  const Reply reply = server.post("kubebackups", {backup("a"), backup("a")});

  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.body["_items"][1]["_issues"]["name"], "value 'a' is not unique");
}

TEST_F(CreatingTest, AnArrayOfOneIsAnsweredLikeOne) {
  const Reply reply = server.post("kubebackups", Json::array({backup("a")}));

  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.body["name"], "a");
}

TEST_F(CreatingTest, KeepsKeysWithDotsInFreeMaps) {
  Json body = backup("b");
  body["source"]["label_selector"] = {{"app.kubernetes.io/name", "shop"}};

  const Reply reply = server.post("kubebackups", body);
  const Reply found =
      server.get("kubebackups?where={\"source.label_selector.app.kubernetes.io/name\":\"shop\"}");

  EXPECT_EQ(reply.body["source"]["label_selector"], body["source"]["label_selector"]);
  EXPECT_EQ(found.body["_meta"]["total"], 1);
}

TEST_F(CreatingTest, BodiesThatAreNoDocumentsAreRefused) {
  struct Case {
    const char* body;
    int status;
  };
  for (const Case& expected :
       {Case{"", 400}, Case{"{", 400}, Case{"null", 400}, Case{"[]", 400}, Case{"1", 422},
        Case{"\"x\"", 422}, Case{"[1, 2]", 422}, Case{"{\"name\": \"\xff\"}", 400}}) {
    const Reply reply = server.send("POST", "/api/v1/kubebackups", expected.body, json_headers());
    EXPECT_EQ(reply.status, expected.status) << expected.body;
    EXPECT_EQ(reply.body["_status"], "ERR");
  }
}

TEST_F(CreatingTest, OnlyJsonIsTaken) {
  for (const char* type : {"", "application/x-www-form-urlencoded", "multipart/form-data",
                           "application/xml", "Application/JSON", "text/plain"}) {
    const Reply reply =
        server.send("POST", "/api/v1/kubebackups", compact(backup("b")), {{"Content-Type", type}});
    EXPECT_EQ(reply.status, 400) << type;
    EXPECT_EQ(reply.message(), "Unknown or no Content-Type header supplied");
  }
  const Reply with_charset = server.send("POST", "/api/v1/kubebackups", compact(backup("b")),
                                         {{"Content-Type", "application/json; charset=utf-8"}});
  EXPECT_EQ(with_charset.status, 201);
}

TEST_F(CreatingTest, LocationStartsWithTheServersAddressWhenThereIsOne) {
  Server other({.base_url = "https://backup.example.org", .cors_origins = {}});

  const Reply reply = other.post("kubeclusters", {{"name", "c"}});

  EXPECT_TRUE(reply.header("Location").starts_with("https://backup.example.org/api/v1/"));
}

}  // namespace
}  // namespace salvor::api
