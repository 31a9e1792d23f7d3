#include "api/exchange.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/testing/server.h"
#include "resources/all.h"

namespace salvor::api {
namespace {

using testing::Reply;
using testing::Server;

const std::string kCluster = "5f80d09ff281487d59c69f5b";
const std::string kPoint = "5f80d0a8f281487d59c69f5e";

// The recovery point of the guide, as the vendor's database would export it.
Json seed() {
  return Json::parse(R"({
    "kubeclusters": [{"_id": {"$oid": "5f80d09ff281487d59c69f5b"}, "name": "testcluster"}],
    "backupinstances": [{
      "_id": {"$oid": "5f80d0a8f281487d59c69f5e"},
      "_created": {"$date": "2020-10-09T21:05:44Z"},
      "_updated": {"$date": "2020-10-09T21:05:54.123Z"},
      "_etag": "13efb5b5cc8fc5766e5270c835e3e852381b60a3",
      "name": "backupinst-1602277544", "type": "COPY", "source_type": "kubernetes",
      "state": "READY", "start_time": 1602277544, "end_time": {"$numberLong": "1602277553"},
      "pv_count": 2, "cluster": {"$oid": "5f80d09ff281487d59c69f5b"},
      "cluster_name": "testcluster",
      "backup_selection": {"all_namespaces": true, "snapshotPersistentVolumes": true}}]})");
}

class ExchangeTest : public ::testing::Test {
 protected:
  Reply import(const Json& body, const std::string& query = "") {
    return server.post("catalog/import" + query, body);
  }
  Server server;
};

TEST_F(ExchangeTest, ImportKeepsIdsDatesAndEtags) {
  const Reply reply = import(seed());

  EXPECT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.body["imported"], (Json{{"kubeclusters", 1}, {"backupinstances", 1}}));
  const Json point = server.get("backupinstances/" + kPoint).body;
  EXPECT_EQ(point["_created"], "Fri, 09 Oct 2020 21:05:44 GMT");
  EXPECT_EQ(point["_updated"], "Fri, 09 Oct 2020 21:05:54 GMT");
  EXPECT_EQ(point["_etag"], "13efb5b5cc8fc5766e5270c835e3e852381b60a3");
  EXPECT_EQ(point["end_time"], 1602277553);
  EXPECT_EQ(point["cluster"], kCluster);
  EXPECT_EQ(point["state"], "READY");
  EXPECT_EQ(server.calls.clusters_changed, std::vector<std::string>{kCluster});
}

TEST_F(ExchangeTest, ImportTakesPlainStrings) {
  Json body = seed();
  Json& point = body["backupinstances"][0];
  point["_id"] = kPoint;
  point["_created"] = "Fri, 09 Oct 2020 21:05:44 GMT";
  point["cluster"] = kCluster;

  EXPECT_EQ(import(body).status, 200);
  EXPECT_EQ(server.get("backupinstances/" + kPoint).body["_created"],
            "Fri, 09 Oct 2020 21:05:44 GMT");
}

TEST_F(ExchangeTest, ExportGoesBackInUnchanged) {
  import(seed());
  server.post("kubeclusters", {{"name", "c"}, {"kubeconfig", "secret"}});
  const Reply exported = server.get("catalog/export");
  ASSERT_EQ(exported.status, 200);

  Server other;
  const Reply reply = other.send("POST", "/api/v1/catalog/import?replace=true", exported.text,
                                 testing::json_headers());
  const Reply again =
      other.send("GET", "/api/v1/catalog/export", "", {{"Authorization", server.admin_key()}});

  EXPECT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(again.text, exported.text);
  EXPECT_EQ(exported.text.find("\"secret\""), std::string::npos);
}

TEST_F(ExchangeTest, ExportNamesEveryResourceInExtendedJson) {
  import(seed());

  const Json body = server.get("catalog/export").body;

  EXPECT_EQ(body.size(), resources::all().size());
  const Json& point = body["backupinstances"][0];
  EXPECT_EQ(point["_id"], (Json{{"$oid", kPoint}}));
  EXPECT_EQ(point["_created"], (Json{{"$date", "2020-10-09T21:05:44Z"}}));
  EXPECT_EQ(point["cluster"], (Json{{"$oid", kCluster}}));
}

TEST_F(ExchangeTest, ReplaceEmptiesTheCollectionsThatAreNamed) {
  server.cluster("old");
  const std::string job = server.insert("jobs", {{"name", "j"}, {"type", "RESTORE"}});

  import(seed(), "?replace=true");

  EXPECT_EQ(server.get("kubeclusters").body["_meta"]["total"], 1);
  EXPECT_EQ(server.get("jobs/" + job).status, 200);
}

TEST_F(ExchangeTest, WithoutReplaceTheOthersStay) {
  server.cluster("old");
  import(seed());
  Json body = seed();
  body["kubeclusters"][0]["description"] = "again";

  EXPECT_EQ(import(body).status, 200);

  EXPECT_EQ(server.get("kubeclusters").body["_meta"]["total"], 2);
  EXPECT_EQ(server.get("kubeclusters/" + kCluster).body["description"], "again");
}

struct WrongCase {
  const char* pointer;
  Json value;
  const char* issue;
};

TEST_F(ExchangeTest, WhatIsWrongIsNamedByResourceAndIndexAndNothingIsStored) {
  for (const WrongCase& wrong :
       {WrongCase{"/backupinstances/0/nosuch", 1, "/backupinstances/0/nosuch"},
        WrongCase{"/backupinstances/0/_id", "x", "/backupinstances/0/_id"},
        WrongCase{"/backupinstances/0/_etag", 5, "/backupinstances/0/_etag"},
        WrongCase{"/backupinstances/0/_created", "soon", "/backupinstances/0/_created"},
        WrongCase{"/backupinstances/0/state", "NOW", "/backupinstances/0/state"},
        WrongCase{"/backupinstances/0/cluster", kPoint, "/backupinstances/0/cluster"},
        WrongCase{"/backupinstances/0", 7, "/backupinstances/0/validation exception"},
        WrongCase{"/kubeclusters/0/name", nullptr, "/kubeclusters/0/name"},
        WrongCase{"/nosuch", Json::array(), "/nosuch"},
        WrongCase{"/jobs", Json::object(), "/jobs"}}) {
    Json body = seed();
    body[Json::json_pointer(wrong.pointer)] = wrong.value;
    const Reply reply = import(body, "?replace=true");
    EXPECT_EQ(reply.status, 422) << wrong.pointer << reply.text;
    EXPECT_TRUE(reply.issues().contains(Json::json_pointer(wrong.issue)))
        << wrong.pointer << reply.text;
  }
  EXPECT_EQ(server.get("kubeclusters").body["_meta"]["total"], 0);
}

TEST_F(ExchangeTest, TheSameIdTwiceIsRefused) {
  Json body = seed();
  body["kubeclusters"].push_back(body["kubeclusters"][0]);

  EXPECT_TRUE(import(body).issues().contains(Json::json_pointer("/kubeclusters/1/_id")));
}

TEST_F(ExchangeTest, TheSameUniqueNameTwiceIsRefused) {
  Json body = seed();
  body["kubeclusters"].push_back({{"name", "testcluster"}});

  EXPECT_EQ(import(body).status, 409);
  EXPECT_EQ(server.get("kubeclusters").body["_meta"]["total"], 0);
}

TEST_F(ExchangeTest, MissingReferencesAreTakenWhenAsked) {
  Json body = seed();
  body.erase("kubeclusters");

  EXPECT_EQ(import(body).status, 422);
  EXPECT_EQ(import(body, "?allow_missing=true").status, 200);
}

TEST_F(ExchangeTest, AnAdministratorMustBeLeft) {
  const Json body = {{"apikeys", {{{"name", "u"}, {"org_role", "USER"}}}}};

  EXPECT_EQ(import(body, "?replace=true").status, 422);
  EXPECT_EQ(import(body).status, 200);
}

TEST_F(ExchangeTest, BodiesThatAreNoObjectsAreRefused) {
  EXPECT_EQ(import(Json::array()).status, 400);
  EXPECT_EQ(import(5).status, 400);
}

}  // namespace
}  // namespace salvor::api
