#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/testing/server.h"
#include "base/seal.h"
#include "resources/all.h"

namespace salvor::api {
namespace {

using testing::json_headers;
using testing::Reply;
using testing::Server;

const std::string kSecret = "wJalrXUtnFEMI/K7MDENG";
const std::string kToken = "FwoGZXIvYXdzEBYaDHqa";

class ObjectstoresTest : public ::testing::Test {
 protected:
  Json definition() {
    return {{"name", "minio"},
            {"private", false},
            {"provider_type", "aws"},
            {"bucket_name", "backups"},
            {"region", "us-east-1"},
            {"s3provider",
             {{"endpoint", "http://10.0.0.1:9000/"},
              {"credentials",
               {{"access_key", "AKIA1"}, {"secret_key", kSecret}, {"session_token", kToken}}}}}};
  }
  Reply change(const std::string& method, const Json& body) {
    const std::string etag = server.get("objectstores/" + id).body["_etag"];
    return server.send(method, "/api/v1/objectstores/" + id, compact(body),
                       json_headers({{"If-Match", etag}}));
  }
  std::string opened(const char* name) {
    const Json stored = server.stored("objectstores", id)["s3provider"]["credentials"];
    if (!stored.contains(name)) return "none";
    const auto secret = Sealer(std::string(32, 'k')).open(stored[name]);
    return secret ? *secret : secret.error().describe();
  }
  Json issues_with(const Json& merge_patch) {
    Json body = definition();
    body["name"] = "other";
    body["prefix"] = "other";
    body.merge_patch(merge_patch);
    const Reply reply = server.post("objectstores", body);
    EXPECT_EQ(reply.status, 422) << reply.text;
    return reply.issues();
  }

  Server server;
  Reply made = server.post("objectstores", definition());
  std::string id = made.body["_id"];
};

TEST_F(ObjectstoresTest, WhatTheTerraformProviderSendsComesBackWithoutTheCredentials) {
  ASSERT_EQ(made.status, 201) << made.text;
  for (const char* name : {"name", "private", "provider_type", "bucket_name", "region"}) {
    EXPECT_EQ(made.body[name], definition()[name]) << name;
  }
  EXPECT_EQ(made.body["s3provider"], (Json{{"endpoint", "http://10.0.0.1:9000/"}}));
  EXPECT_EQ(made.body["validate_state"], "VALIDATING");
  EXPECT_EQ(made.body["path_style"], true);
}

TEST_F(ObjectstoresTest, CredentialsAreStoredSealed) {
  EXPECT_EQ(opened("access_key"), "AKIA1");
  EXPECT_EQ(opened("secret_key"), kSecret);
  EXPECT_EQ(opened("session_token"), kToken);
}

TEST_F(ObjectstoresTest, NoAnswerShowsASecret) {
  const std::string cluster = server.insert(
      "kubeclusters", {{"name", "c"}, {"backup_provider", {{"user_objectstore", id}}}});
  const Json wrong = {{"s3provider", {{"credentials", {{"secret_key", kSecret}, {"nosuch", 1}}}}}};
  const Reply answers[] = {
      made,
      change("PUT", definition()),
      change("PATCH", {{"tags", {{"a", "b"}}}}),
      change("PATCH", wrong),
      server.post("objectstores", definition()),
      server.get("objectstores"),
      server.get("objectstores/" + id),
      server.get("objectstores?projection={\"s3provider.credentials\":1,\"s3provider\":1}"),
      server.get("kubeclusters/" + cluster + "?embedded={\"backup_provider.user_objectstore\":1}"),
      server.get("catalog/export"),
  };

  for (const Reply& answer : answers) {
    EXPECT_EQ(answer.text.find(kSecret), std::string::npos) << answer.text;
    EXPECT_EQ(answer.text.find(kToken), std::string::npos) << answer.text;
    EXPECT_EQ(answer.text.find("AKIA1"), std::string::npos) << answer.text;
  }
  EXPECT_EQ(answers[3].status, 422);
  EXPECT_EQ(answers[4].status, 422);
  EXPECT_EQ(answers[8].body["backup_provider"]["user_objectstore"]["name"], "minio");
}

TEST_F(ObjectstoresTest, AFilterFindsNothingOutAboutASecret) {
  const auto status = [this](const std::string& where) {
    const Reply reply = server.get("objectstores?where=" + where);
    return reply.status == 200 ? reply.body["_meta"]["total"].get<int>() : -reply.status;
  };
  const std::string sealed =
      server.stored("objectstores", id)["s3provider"]["credentials"]["secret_key"];

  EXPECT_EQ(status(R"({"s3provider.credentials.secret_key":")" + sealed + "\"}"),
            status(R"({"s3provider.credentials.secret_key":"no"})"));
  EXPECT_EQ(status(R"({"bucket_name":"backups"})"), 1);
}

TEST_F(ObjectstoresTest, AnExportKeepsTheSecretsSealedAndComesBack) {
  const Reply exported = server.get("catalog/export");
  Server other;

  const Reply imported =
      other.send("POST", "/api/v1/catalog/import?replace=true", exported.text, json_headers());

  ASSERT_EQ(imported.status, 200) << imported.text;
  EXPECT_EQ(other.stored("objectstores", id), server.stored("objectstores", id));
}

TEST_F(ObjectstoresTest, TheLongestSecretComesBackFromAnExport) {
  Json body = definition();
  body["name"] = "long";
  body["prefix"] = "long";
  body["s3provider"]["credentials"]["session_token"] = std::string(8192, 't');
  ASSERT_EQ(server.post("objectstores", body).status, 201);

  const Reply again = server.send("POST", "/api/v1/catalog/import?replace=true",
                                  server.get("catalog/export").text, json_headers());

  EXPECT_EQ(again.status, 200) << again.text;
}

TEST_F(ObjectstoresTest, APutWithoutCredentialsKeepsThem) {
  Json body = definition();
  body["s3provider"].erase("credentials");
  body["name"] = "renamed";
  const Reply absent = change("PUT", body);
  body["s3provider"]["credentials"] = Json::object();
  const Reply empty = change("PUT", body);

  EXPECT_EQ(absent.status, 200) << absent.text;
  EXPECT_EQ(empty.status, 200) << empty.text;
  EXPECT_EQ(opened("secret_key"), kSecret);
  EXPECT_EQ(opened("session_token"), kToken);
}

TEST_F(ObjectstoresTest, NewKeysDropTheTokenOfTheOldOnes) {
  Json body = definition();
  body["s3provider"]["credentials"] = {{"access_key", "AKIA2"}, {"secret_key", "new"}};

  EXPECT_EQ(change("PUT", body).status, 200);

  EXPECT_EQ(opened("access_key"), "AKIA2");
  EXPECT_EQ(opened("secret_key"), "new");
  EXPECT_EQ(opened("session_token"), "none");
}

TEST_F(ObjectstoresTest, APatchOfOneKeyKeepsTheOther) {
  const Json one = {{"s3provider", {{"credentials", {{"secret_key", "new"}}}}}};

  EXPECT_EQ(change("PATCH", one).status, 200);

  EXPECT_EQ(opened("access_key"), "AKIA1");
  EXPECT_EQ(opened("secret_key"), "new");
}

TEST_F(ObjectstoresTest, WhatAnS3ServerNeedsIsRequired) {
  EXPECT_EQ(issues_with({{"bucket_name", nullptr}}), (Json{{"bucket_name", "required field"}}));
  EXPECT_EQ(issues_with({{"s3provider", {{"endpoint", nullptr}}}}),
            (Json{{"s3provider", {{"endpoint", "required field"}}}}));
  EXPECT_EQ(issues_with({{"s3provider", {{"credentials", {{"secret_key", nullptr}}}}}}),
            (Json{{"s3provider", {{"credentials", {{"secret_key", "required field"}}}}}}));
  EXPECT_TRUE(issues_with({{"s3provider", nullptr}}).contains("s3provider"));
}

TEST_F(ObjectstoresTest, WhatCannotBeDoneYetIsRefusedByName) {
  const std::string cluster = server.cluster();

  EXPECT_TRUE(issues_with({{"provider_type", "azure"}}).contains("provider_type"));
  EXPECT_TRUE(issues_with({{"private", true}}).contains("private"));
  EXPECT_TRUE(issues_with({{"proxy_cluster_list", {cluster}}}).contains("proxy_cluster_list"));
  EXPECT_TRUE(issues_with({{"s3provider", {{"cloud", "Public"}}}})["s3provider"].contains("cloud"));
  EXPECT_TRUE(
      issues_with({{"s3provider",
                    {{"credentials", {{"client_secret", "x"}}}}}})["s3provider"]["credentials"]
          .contains("client_secret"));
}

TEST_F(ObjectstoresTest, WhatCannotBeRightIsRefusedByName) {
  EXPECT_TRUE(issues_with({{"ca_certificate", "no PEM"}}).contains("ca_certificate"));
  EXPECT_TRUE(issues_with({{"bucket_name", "a/b"}}).contains("bucket_name"));
  EXPECT_TRUE(
      issues_with({{"s3provider", {{"endpoint", "https://u:p@host"}}}}).contains("s3provider"));
}

TEST_F(ObjectstoresTest, OnePlaceHasOneDefinition) {
  Json body = definition();
  body["name"] = "second";
  const Reply same = server.post("objectstores", body);
  body["prefix"] = "elsewhere";
  const Reply beside = server.post("objectstores", body);

  EXPECT_EQ(same.status, 422);
  EXPECT_NE(same.issues()["bucket_name"].get<std::string>().find("'minio'"), std::string::npos);
  EXPECT_EQ(beside.status, 201) << beside.text;
  EXPECT_EQ(change("PUT", definition()).status, 200);
}

TEST_F(ObjectstoresTest, NamesAreUnique) {
  Json body = definition();
  body["prefix"] = "elsewhere";

  EXPECT_EQ(server.post("objectstores", body).issues()["name"], "value 'minio' is not unique");
}

TEST_F(ObjectstoresTest, DeleteIsRefusedWhileSomethingRefersToIt) {
  const std::string cluster = server.cluster();
  const std::string point = server.recovery_point(cluster);
  const Json reference = {{"user_objectstore", id}};
  struct Case {
    const char* resource;
    Json body;
  };
  const Case cases[] = {
      {"kubeoffloads", {{"name", "x"}, {"offload_provider", reference}}},
      {"kubeclusters", {{"name", "x"}, {"backup_provider", reference}}},
      {"backupinstances",
       {{"name", "x"}, {"type", "COPY"}, {"state", "READY"}, {"objectstore", id}}},
  };
  for (const Case& one : cases) {
    const std::string referring = server.insert(one.resource, one.body);

    const Reply refused = server.remove("objectstores/" + id);

    EXPECT_EQ(refused.status, 409) << one.resource;
    EXPECT_NE(refused.message().find(referring + " of " + one.resource), std::string::npos);
    Context context{server.clock, null_log(), {}, {}};
    catalog::Transaction transaction;
    transaction.changes.emplace_back(catalog::Remove{one.resource, referring, {}});
    ASSERT_TRUE(server.catalog().commit(context, transaction).ok());
  }
  EXPECT_EQ(server.remove("objectstores/" + id).status, 204);
}

TEST_F(ObjectstoresTest, ImportMakesAJobThatTheAnswerNames) {
  const Reply reply = server.post("objectstores/" + id + "/action/import", Json::object());

  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.body["_etag"], made.body["_etag"]);
  const Json job = server.get("jobs/" + text_at(reply.body, "import_jobid")).body;
  EXPECT_EQ(job["type"], "IMPORT_COPIES");
  EXPECT_EQ(job["state"], "PENDING");
  EXPECT_EQ(job["objectstore"], id);
  EXPECT_EQ(server.calls.jobs_changed, 1);
}

TEST_F(ObjectstoresTest, OneImportAtATimeAndNoneFromAStoreThatGoes) {
  const std::string import_copies = "objectstores/" + id + "/action/import";
  ASSERT_EQ(server.post(import_copies, Json::object()).status, 200);

  EXPECT_EQ(server.post(import_copies, Json::object()).status, 409);
  EXPECT_EQ(server.remove("objectstores/" + id).status, 409);
  server.edit("jobs", server.get("jobs").body["_items"][0]["_id"], {{"state", "COMPLETED"}});
  EXPECT_EQ(server.remove("objectstores/" + id).status, 204);
  EXPECT_EQ(server.post(import_copies, Json::object()).status, 404);
}

}  // namespace
}  // namespace salvor::api
