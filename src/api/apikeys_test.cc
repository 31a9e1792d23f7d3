#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "api/credentials.h"
#include "api/testing/server.h"

namespace salvor::api {
namespace {

using testing::Reply;
using testing::Server;

class ApikeysTest : public ::testing::Test {
 protected:
  Json find(const std::string& name) {
    return server.get("apikeys?where={\"name\":\"" + name + "\"}").body["_items"][0];
  }
  std::string path_of(const std::string& name) {
    return "apikeys/" + find(name)["_id"].get<std::string>();
  }
  Server server;
};

TEST_F(ApikeysTest, AKeyIsShownOnceAndWorks) {
  const Reply reply = server.post("apikeys", {{"name", "ci"}});

  EXPECT_EQ(reply.status, 201);
  const std::string key = reply.body["key"];
  EXPECT_TRUE(is_key(key));
  EXPECT_EQ(reply.body["snippet"], key.substr(key.size() - 4));
  EXPECT_EQ(reply.body["org_role"], "USER");
  EXPECT_EQ(reply.text.find("hash"), std::string::npos);
  EXPECT_FALSE(find("ci").contains("key"));
  EXPECT_EQ(server.send("GET", "/api/v1/jobs", "", {{"Authorization", "Bearer " + key}}).status,
            200);
}

TEST_F(ApikeysTest, TheCatalogHoldsOnlyTheHash) {
  const Reply reply = server.post("apikeys", {{"name", "ci"}});

  const Json stored = server.stored("apikeys", reply.body["_id"]);
  EXPECT_EQ(stored["hash"], key_hash(reply.body["key"]));
  EXPECT_FALSE(stored.contains("key"));
}

TEST_F(ApikeysTest, ClientsCannotChooseTheKeyOrItsHash) {
  for (const char* field : {"key", "hash"}) {
    const Reply reply = server.post("apikeys", {{"name", "ci"}, {field, "x"}});
    EXPECT_EQ(reply.status, 422);
    EXPECT_EQ(reply.issues(), (Json{{field, "unknown field"}}));
  }
}

TEST_F(ApikeysTest, PutKeepsTheKey) {
  const Reply made = server.post("apikeys", {{"name", "ci"}});

  const Reply reply = server.put("apikeys/" + made.body["_id"].get<std::string>(), {{"name", "cd"}},
                                 made.body["_etag"]);

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body["snippet"], made.body["snippet"]);
  EXPECT_FALSE(reply.body.contains("key"));
  EXPECT_EQ(
      server
          .send("GET", "/api/v1/jobs", "", {{"Authorization", made.body["key"].get<std::string>()}})
          .status,
      200);
}

TEST_F(ApikeysTest, TheLastAdminStays) {
  const std::string path = path_of("admin");
  const std::string etag = find("admin")["_etag"];

  EXPECT_EQ(server.remove(path).status, 409);
  EXPECT_EQ(server.patch(path, {{"org_role", "USER"}}, etag).status, 409);
  EXPECT_EQ(server.remove(path_of("user")).status, 204);
}

TEST_F(ApikeysTest, AnAdminMayGoWhenThereIsAnotherOne) {
  server.post("apikeys", {{"name", "second"}, {"org_role", "ADMIN"}});

  EXPECT_EQ(server.remove(path_of("admin")).status, 204);
  EXPECT_EQ(server.get("jobs").status, 401);
}

TEST_F(ApikeysTest, OfTwoAdminsThatRemoveEachOtherOneStays) {
  const Reply second = server.post("apikeys", {{"name", "second"}, {"org_role", "ADMIN"}});
  const std::string first_path = "/api/v1/" + path_of("admin");
  const std::string second_path = "/api/v1/apikeys/" + second.body["_id"].get<std::string>();
  const std::string second_key = second.body["key"];
  {
    std::vector<std::jthread> callers;  // the point is that they are at it at once
    callers.emplace_back([&] { server.send("DELETE", second_path); });
    callers.emplace_back([&] {
      server.send("DELETE", first_path, "", {{"Authorization", second_key}});
    });
  }

  EXPECT_EQ(server.count("apikeys", "org_role", "ADMIN"), 1U);
}

}  // namespace
}  // namespace salvor::api
