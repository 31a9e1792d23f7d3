// The answers of the vendor's restore chapter, member for member. `_etag` is opaque and `_links`
// follow the measured forms.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/testing/server.h"

namespace salvor::api {
namespace {

using testing::Reply;
using testing::Server;

constexpr const char* kCatalog = R"({
  "kubeclusters": [{"_id": "5f80d09ff281487d59c69f5b", "name": "testcluster"},
                   {"_id": "5fb37a2617ed74cb280d577e", "name": "csicluster"}],
  "kubebackups": [{"_id": "5f80d0a511556131dd9894e5", "name": "testbackup",
                   "cluster": "5f80d09ff281487d59c69f5b", "trigger_type": "ADHOC",
                   "source": {"all_namespaces": true}}],
  "backupinstances": [
    {"_id": "5f80d0a8f281487d59c69f5e",
     "_created": "Fri, 09 Oct 2020 21:05:44 GMT", "_updated": "Fri, 09 Oct 2020 21:05:54 GMT",
     "_etag": "13efb5b5cc8fc5766e5270c835e3e852381b60a3",
     "backup_selection": {"all_namespaces": true, "snapshotPersistentVolumes": true},
     "backupdef": "5f80d0a511556131dd9894e5", "backupdef_name": "testbackup",
     "cluster": "5f80d09ff281487d59c69f5b", "cluster_name": "testcluster", "pv_count": 2,
     "start_time": 1602277544, "end_time": 1602277553, "name": "backupinst-1602277544",
     "type": "COPY", "source_type": "kubernetes", "state": "READY"},
    {"_id": "5fb37ad251ba23c69264dd99", "name": "backupinst-1605597906", "state": "DELETING"}],
  "kubepvclaims": [
    {"_id": "5fb37ada17ed74cb280d577f",
     "_created": "Tue, 17 Nov 2020 07:25:14 GMT", "_updated": "Tue, 17 Nov 2020 07:25:14 GMT",
     "_etag": "41c158c443c1eb1a551c97056f76b99de38df428",
     "backupinst_id": "5fb37ad251ba23c69264dd99", "cluster_id": "5fb37a2617ed74cb280d577e",
     "driver": "hostpath.csi.k8s.io", "name": "csi-pvc", "namespace_name": "test-csi-snapshot",
     "restore_size": 52428800, "snapshot_handle": "051c4f9c-28a6-11eb-a892-0242ac120004",
     "snapshot_taken": true, "volume_handle": "669f1f8a-28a5-11eb-a892-0242ac120004",
     "volume_snapshot_class_name": "csi-hostpath-snapclass", "volume_type": "CSI"}]})";

class SeedTest : public ::testing::Test {
 protected:
  SeedTest() {
    const Reply reply = server.post("catalog/import", Json::parse(kCatalog));
    EXPECT_EQ(reply.status, 200) << reply.text;
  }
  Server server;
};

TEST_F(SeedTest, ListOfReadyRecoveryPoints) {
  const Reply reply = server.get("backupinstances?where={\"state\":\"READY\"}");

  const Json expected = Json::parse(R"({
    "_created": "Fri, 09 Oct 2020 21:05:44 GMT",
    "_etag": "13efb5b5cc8fc5766e5270c835e3e852381b60a3",
    "_id": "5f80d0a8f281487d59c69f5e",
    "_links": {
      "related": {
        "backupdef": {"href": "/v1/kubebackups/5f80d0a511556131dd9894e5", "title": "Kubebackup"},
        "cluster": {"href": "/v1/kubeclusters/5f80d09ff281487d59c69f5b", "title": "Kubecluster"}},
      "self": {"href": "/v1/backupinstances/5f80d0a8f281487d59c69f5e",
               "title": "Backupinstance"}},
    "_updated": "Fri, 09 Oct 2020 21:05:54 GMT",
    "backup_selection": {"all_namespaces": true, "snapshotPersistentVolumes": true},
    "backupdef": "5f80d0a511556131dd9894e5", "backupdef_name": "testbackup",
    "cluster": "5f80d09ff281487d59c69f5b", "cluster_name": "testcluster", "pv_count": 2,
    "end_time": 1602277553, "name": "backupinst-1602277544", "type": "COPY",
    "source_type": "kubernetes", "start_time": 1602277544, "state": "READY"})");
  ASSERT_EQ(reply.body["_items"].size(), 1U);
  for (const auto& [name, value] : expected.items()) {
    EXPECT_EQ(reply.body["_items"][0][name], value) << name;
  }
  EXPECT_EQ(reply.body["_meta"], Json::parse(R"({"max_results": 25, "page": 1, "total": 1})"));
  EXPECT_EQ(reply.body["_links"]["self"],
            Json::parse(R"({"href": "v1/backupinstances?where={\"state\":\"READY\"}",
                            "title": "/v1/backupinstances"})"));
}

TEST_F(SeedTest, FilterByTime) {
  const auto total = [this](const std::string& where) {
    return server.get("backupinstances?where=" + where).body["_meta"]["total"].get<int>();
  };

  EXPECT_EQ(total("{\"state\":\"READY\",\"start_time\":{\"$gt\":1602277543,\"$lt\":1602277545}}"),
            1);
  EXPECT_EQ(total("{\"state\":\"READY\",\n        \"start_time\":{\"$gt\":1602277544}}"), 0);
}

TEST_F(SeedTest, ListOfVolumes) {
  const Reply reply =
      server.get("kubepvclaims?where={\"backupinst_id\": \"5fb37ad251ba23c69264dd99\"}");

  EXPECT_EQ(reply.body["_meta"], Json::parse(R"({"max_results": 1000, "page": 1, "total": 1})"));
  EXPECT_EQ(reply.body["_links"], Json::parse(R"({
      "parent": {"href": "/", "title": "home"},
      "self": {
        "href": "v1/kubepvclaims?where={\"backupinst_id\": \"5fb37ad251ba23c69264dd99\"}",
        "title": "/v1/kubepvclaims"}})"));
  const Json& item = reply.body["_items"][0];
  EXPECT_EQ(item["_links"], Json::parse(R"({
      "related": {
        "backupinst_id": {"href": "/v1/backupinstances/5fb37ad251ba23c69264dd99",
                          "title": "Backupinstance"},
        "cluster_id": {"href": "/v1/kubeclusters/5fb37a2617ed74cb280d577e",
                       "title": "Kubecluster"}},
      "self": {"href": "/v1/kubepvclaims/5fb37ada17ed74cb280d577f", "title": "Kubepvclaim"}})"));
  EXPECT_EQ(item["restore_size"], 52428800);
  EXPECT_EQ(item["_etag"], "41c158c443c1eb1a551c97056f76b99de38df428");
}

TEST_F(SeedTest, BytesOfAnItemInAList) {
  const std::string text = server.get("kubepvclaims?projection={\"cluster_id\":1,\"name\":1}").text;

  EXPECT_TRUE(text.starts_with(
      "{\"_items\": [{\"cluster_id\": \"5fb37a2617ed74cb280d577e\", \"name\": \"csi-pvc\", "
      "\"_id\": \"5fb37ada17ed74cb280d577f\", \"_updated\": \"Tue, 17 Nov 2020 07:25:14 GMT\", "
      "\"_created\": \"Tue, 17 Nov 2020 07:25:14 GMT\", "
      "\"_etag\": \"41c158c443c1eb1a551c97056f76b99de38df428\", "
      "\"_links\": {\"self\": {\"title\": \"Kubepvclaim\", "
      "\"href\": \"/v1/kubepvclaims/5fb37ada17ed74cb280d577f\"}, "
      "\"related\": {\"cluster_id\": {\"title\": \"Kubecluster\", "
      "\"href\": \"/v1/kubeclusters/5fb37a2617ed74cb280d577e\"}}}}], "
      "\"_links\": {\"parent\": {\"title\": \"home\", \"href\": \"/\"}, "))
      << text;
}

TEST_F(SeedTest, RequestsOfTheRancherExtension) {
  for (const char* request :
       {"kuberestores?sort=-_updated&embedded={\"cluster\":1,\"backup_inst\":1,"
        "\"backup_inst.cluster\":1}&where={\"migrationdef\":{\"$exists\":false},"
        "\"$or\":[{\"cluster\":\"5f80d09ff281487d59c69f5b\"},"
        "{\"source_cluster\":\"5f80d09ff281487d59c69f5b\"}]}",
        "kubebackups?sort=-_updated&embedded={\"policy\":1,\"copy_policy\":1,\"cluster\":1}&"
        "where={\"migrationdef\":{\"$exists\":false},\"cluster\":\"5f80d09ff281487d59c69f5b\"}",
        "backupinstances?sort=-start_time&embedded={\"backupdef\":1,\"objectstore\":1,"
        "\"cluster\":1}&where={\"cluster\":\"5f80d09ff281487d59c69f5b\",\"state\":\"READY\"}",
        "jobs?sort=-start_time&embedded={\"backupdef\":1,\"restoredef\":1,\"awsrds.copydef\":1}&"
        "where={\"display_type\":{\"$nin\":[\"AGENT_UPDATE\",\"DELETE_BACKUP\"],\"$exists\":true},"
        "\"cluster\":\"5f80d09ff281487d59c69f5b\"}"}) {
    EXPECT_EQ(server.get(request).status, 200) << request;
  }
}

}  // namespace
}  // namespace salvor::api
