#include "api/auth.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/credentials.h"
#include "api/testing/server.h"

namespace salvor::api {
namespace {

using testing::json_headers;
using testing::Reply;
using testing::Server;

class AuthTest : public ::testing::Test {
 protected:
  int status_with(const std::string& authorization) {
    return server.send("GET", "/api/v1/jobs", "", {{"Authorization", authorization}}).status;
  }
  http::Headers as_user() { return json_headers({{"Authorization", server.user_key()}}); }
  Server server;
};

TEST_F(AuthTest, RefusalsSayHowToAsk) {
  const Reply reply = server.send("GET", "/api/v1/jobs", "", {{"Authorization", ""}});

  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.header("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(reply.text,
            "{\"_status\": \"ERR\", \"_error\": {\"code\": 401, \"message\": \"Please provide "
            "proper credentials\"}}");
}

TEST_F(AuthTest, EachFormOfTheHeaderIsTaken) {
  for (const char* scheme : {"Bearer ", "bearer ", "Token ", ""}) {
    EXPECT_EQ(status_with(scheme + server.user_key()), 200) << scheme;
  }
}

TEST_F(AuthTest, OtherTokensAreRefused) {
  EXPECT_EQ(status_with("Bearer " + new_key()), 401);
  EXPECT_EQ(status_with("Bearer " + key_hash(server.user_key())), 401);
  EXPECT_EQ(status_with("Bearer " + std::string(5000, 'a')), 401);
}

TEST_F(AuthTest, UsersDoAllButManageKeysAndTheCatalog) {
  const std::string cluster = server.cluster();

  EXPECT_EQ(server.send("GET", "/api/v1/apikeys", "", as_user()).status, 200);
  EXPECT_EQ(server.send("DELETE", "/api/v1/kubeclusters/" + cluster, "", as_user()).status, 204);
  EXPECT_EQ(server.send("POST", "/api/v1/kubeclusters", "{\"name\": \"c\"}", as_user()).status,
            201);
  EXPECT_EQ(server.send("POST", "/api/v1/apikeys", "{\"name\": \"k\"}", as_user()).status, 403);
  EXPECT_EQ(server.send("GET", "/api/v1/catalog/export", "", as_user()).status, 403);
  EXPECT_EQ(server.send("POST", "/api/v1/catalog/import", "{}", as_user()).status, 403);
}

TEST_F(AuthTest, ADeletedKeyStopsToWorkAtOnce) {
  ASSERT_EQ(status_with(server.user_key()), 200);
  const std::string id = server.get("apikeys?where={\"name\":\"user\"}").body["_items"][0]["_id"];

  server.remove("apikeys/" + id);

  EXPECT_EQ(status_with(server.user_key()), 401);
}

TEST_F(AuthTest, AKeyThatSomebodyElseDeletedStopsToWorkSoon) {
  Context context{server.clock, null_log(), {}, {}};
  ASSERT_EQ(status_with(server.user_key()), 200);
  catalog::Transaction transaction;
  transaction.changes.emplace_back(catalog::RemoveAll{"apikeys", schema::equals("name", "user")});
  ASSERT_TRUE(server.catalog().commit(context, transaction).ok());

  server.clock.step(Auth::kRememberedFor.count());

  EXPECT_EQ(status_with(server.user_key()), 401);
}

TEST_F(AuthTest, AChangedRoleCountsAtOnce) {
  const Json key = server.get("apikeys?where={\"name\":\"user\"}").body["_items"][0];
  const std::string path = "apikeys/" + key["_id"].get<std::string>();
  ASSERT_EQ(server.send("GET", "/api/v1/catalog/export", "", as_user()).status, 403);

  server.patch(path, {{"org_role", "ADMIN"}}, key["_etag"]);

  EXPECT_EQ(server.send("GET", "/api/v1/catalog/export", "", as_user()).status, 200);
}

}  // namespace
}  // namespace salvor::api
